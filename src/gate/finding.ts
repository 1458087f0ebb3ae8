import type { Hint, Stage, Status } from '../checks/check.ts';

/** What a finding is about: a check on a node, or on the cluster as a whole. */
export interface Subject {
  readonly check: string;
  /** The node's name; absent for a finding of the whole cluster. */
  readonly node?: string;
}

/** One check on one subject, judged. */
export interface Finding extends Subject {
  readonly stage: Stage;
  readonly status: Status;
  readonly message: string;
  /** For `blocked`: the finding that stands in the way, itself never blocked. */
  readonly blockedBy?: Subject;
  readonly hint?: Hint;
  /** Nothing was seen of it: it is not known whether it is well. */
  readonly unknown?: true;
  /** The fault of a worker that does not count; its finding is a `warn` or a `skip`. */
  readonly excused?: Excuse;
}

/**
 * - `enough-workers`: so many others are healthy as `min-healthy-workers` asks for.
 * - `gone`: discovery still lists it, and `expected-workers` has no place for it.
 */
export type Excuse = 'enough-workers' | 'gone';

/** It stands on its own: it has failed, or will have at the deadline. */
export function isUnresolved({ status }: { readonly status: Status }): boolean {
  return status === 'pending' || status === 'fail';
}

/** Nothing is wrong with it, as far as it is known. */
export function isFine({ status }: { readonly status: Status }): boolean {
  return status === 'pass' || status === 'skip' || status === 'warn';
}

const worstFirst: readonly Status[] = ['fail', 'pending', 'blocked', 'warn', 'skip', 'pass'];

/** Less is worse. */
export function severity(status: Status): number {
  return worstFirst.indexOf(status);
}

/** What these come to together; undefined if there are none. */
export function worst(findings: readonly { readonly status: Status }[]): Status | undefined {
  const found = new Set(findings.map(({ status }) => status));
  return worstFirst.find((status) => found.has(status));
}

/** The names of their nodes, each once, in their order. */
export function nodesOf(findings: readonly Pick<Finding, 'node'>[]): readonly string[] {
  return [...new Set(findings.flatMap(({ node }) => (node === undefined ? [] : [node])))];
}

/** Unique for a check on a node, or on the cluster. */
export function subjectKey({ check, node }: { readonly check: string; readonly node?: string | undefined }): string {
  return node === undefined ? check : `${check} ${node}`;
}

export type VerdictName = 'healthy' | 'unhealthy' | 'cancelled' | 'error';
