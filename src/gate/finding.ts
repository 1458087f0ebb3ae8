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
}

export type VerdictName = 'healthy' | 'unhealthy' | 'cancelled' | 'error';
