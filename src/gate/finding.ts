import type { Hint, Stage, Status } from '../checks/check.ts';

/** One check on one subject, judged. */
export interface Finding {
  readonly check: string;
  readonly stage: Stage;
  /** The node's name; absent for a finding of the whole cluster. */
  readonly node?: string;
  readonly status: Status;
  readonly message: string;
  /** For `blocked`: the finding that stands in the way, itself never blocked. */
  readonly blockedBy?: { readonly check: string; readonly node?: string };
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

/** Unique for a check on a node, or on the cluster. */
export function subjectKey({ check, node }: { readonly check: string; readonly node?: string | undefined }): string {
  return node === undefined ? check : `${check} ${node}`;
}

export type VerdictName = 'healthy' | 'unhealthy' | 'cancelled' | 'error';
