import type { Hint, Stage, Status } from '../checks/check.ts';

/** The subject of a finding: a check on a node, or on the cluster as a whole. */
export interface Subject {
  readonly check: string;
  /** The node's name; absent for a finding of the whole cluster. */
  readonly node?: string;
}

/** The result of one check on one subject. */
export interface Finding extends Subject {
  readonly stage: Stage;
  readonly status: Status;
  readonly message: string;
  /** For `blocked`: the finding that blocks it, itself never blocked. */
  readonly blockedBy?: Subject;
  readonly hint?: Hint;
  /** Nothing was observed, so its state is unknown. */
  readonly unknown?: true;
  /** Why the fault does not count; the finding is then a `warn` or a `skip`. */
  readonly excused?: Excuse;
}

/**
 * - `enough-workers`: as many others are healthy as `min-healthy-workers` requires.
 * - `to-reboot`: it is about to go down, and the cluster is judged by what the others have without it.
 * - `gone`: discovery still lists the node, but there are already as many nodes as expected.
 */
export type Excuse = 'enough-workers' | 'to-reboot' | 'gone';

/** It is not blocked, and has failed or will fail at the deadline. */
export function isUnresolved({ status }: { readonly status: Status }): boolean {
  return status === 'pending' || status === 'fail';
}

/** It is not at fault, as far as is known. */
export function isFine({ status }: { readonly status: Status }): boolean {
  return status === 'pass' || status === 'skip' || status === 'warn';
}

const worstFirst: readonly Status[] = ['fail', 'pending', 'blocked', 'warn', 'skip', 'pass'];

/** Lower is worse. */
export function severity(status: Status): number {
  return worstFirst.indexOf(status);
}

/** The worst status; undefined if there are no findings. */
export function worst(findings: readonly { readonly status: Status }[]): Status | undefined {
  const found = new Set(findings.map(({ status }) => status));
  return worstFirst.find((status) => found.has(status));
}

/** The names of their nodes, without duplicates, in their order. */
export function nodesOf(findings: readonly Pick<Finding, 'node'>[]): readonly string[] {
  return [...new Set(findings.flatMap(({ node }) => (node === undefined ? [] : [node])))];
}

/** Unique per check and node. */
export function subjectKey({ check, node }: { readonly check: string; readonly node?: string | undefined }): string {
  return node === undefined ? check : `${check} ${node}`;
}

export type VerdictName = 'healthy' | 'unhealthy' | 'cancelled' | 'error';
