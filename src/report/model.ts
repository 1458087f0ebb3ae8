import type { Stage } from '../checks/check.ts';
import type { Claim } from '../gate/claim.ts';
import type { VerdictName } from '../gate/finding.ts';
import type { History } from '../gate/history.ts';
import type { ServiceLog } from '../observe/logs.ts';
import type { Problem } from '../values/problem.ts';
import type { ReportedCluster, ReportedEndpoint } from './cluster.ts';
import type { ReportedOptions } from './options.ts';
import type { View } from './view.ts';

/**
 * Everything that is known at the end, and all that a renderer reads: the view
 * of the last round, and how it ended. Times are epoch milliseconds, durations
 * milliseconds. No secrets.
 */
export interface Report extends View {
  /** Of the tool, such as `0.1.0`. */
  readonly version: string;
  readonly verdict: VerdictName;
  /** Of the gate, whatever became of a command. */
  readonly exitCode: number;
  /** Why it ended so, on one line. */
  readonly reason: string;
  readonly startedAt: number;
  readonly endedAt: number;
  /** Rounds of observation; 0 if it ended before the first. */
  readonly rounds: number;
  /** How long the slowest of them took. */
  readonly slowestRound: number;
  /** Absent if nothing was counted. */
  readonly usage?: Usage;
  /** What is wrong with the input; then nothing else is known. */
  readonly problems: readonly Problem[];
  /** Absent if the input could not be used. */
  readonly options?: ReportedOptions;
  /** What the verdict covers. Absent if the input could not be used. */
  readonly claim?: Claim;
  /** Absent if no round was finished. */
  readonly cluster?: ReportedCluster;
  readonly endpoints: readonly ReportedEndpoint[];
  /** What happened; absent if no round was finished. */
  readonly history?: Pick<History, 'at' | 'changes' | 'dropped'>;
  /** Without what looks like a secret, and untrusted all the same. */
  readonly logs: readonly ServiceLog[];
  readonly outputs: Outputs;
  /** Absent if there was nothing to run. */
  readonly command?: GuardedCommand;
  /** The gate before the command, if this is the one after it. */
  readonly before?: Report;
}

/** In milliseconds. */
export function durationOf({ startedAt, endedAt }: Report): number {
  return endedAt - startedAt;
}

/** Calls to the Talos API, and the bytes of their questions and answers. */
export interface Usage {
  readonly calls: number;
  readonly sent: number;
  readonly received: number;
}

/** What was to be done to the cluster once it was healthy. Only what cannot hold a secret: not the command itself. */
export type GuardedCommand =
  | { readonly ran: false }
  | { readonly ran: true; readonly exitCode: number; readonly startedAt: number; readonly endedAt: number };

/** The outputs of the action, before they become strings. */
interface Outputs {
  readonly healthy: boolean;
  readonly verdict: VerdictName;
  /** The first stage with a finding that explains the verdict. */
  readonly failedStage?: Stage;
  readonly failedChecks: readonly string[];
  readonly healthyNodes: readonly string[];
  /** Nodes with a failure of their own, not those that are merely blocked. */
  readonly unhealthyNodes: readonly string[];
  /** The claim in words; empty where the verdict covers the whole cluster. */
  readonly claim: string;
}
