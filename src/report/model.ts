import type { Stage } from '../checks/check.ts';
import type { Claim } from '../gate/claim.ts';
import type { VerdictName } from '../gate/finding.ts';
import type { History } from '../gate/history.ts';
import type { ServiceLog } from '../observe/logs.ts';
import type { Problem } from '../values/problem.ts';
import type { NodeChanges } from './changes.ts';
import type { ReportedCluster, ReportedEndpoint } from './cluster.ts';
import type { Compared } from './comparison.ts';
import type { ReportedOptions } from './options.ts';
import type { View } from './view.ts';

/**
 * The input of all renderers: the view of the last round and the outcome of
 * the run. Contains no secrets. Times are epoch milliseconds, durations are
 * milliseconds.
 */
export interface Report extends View {
  /** Of the tool, such as `0.1.0`. */
  readonly version: string;
  /** The name of the gate, sanitized; absent if the input is invalid and does not name it. */
  readonly title?: string;
  readonly verdict: VerdictName;
  /** Of the gate, independent of a command. */
  readonly exitCode: number;
  /** The reason for the verdict, on one line. */
  readonly reason: string;
  readonly startedAt: number;
  readonly endedAt: number;
  /** Rounds of observation; 0 if it ended before the first. */
  readonly rounds: number;
  /** The duration of the slowest round. */
  readonly slowestRound: number;
  /** Absent if it was not measured. */
  readonly usage?: Usage;
  /** Problems of the input; if there are any, nothing was observed. */
  readonly problems: readonly Problem[];
  /** Absent if the input is invalid. */
  readonly options?: ReportedOptions;
  /** What the verdict covers. Absent if the input is invalid. */
  readonly claim?: Claim;
  /** Absent if no round was finished. */
  readonly cluster?: ReportedCluster;
  readonly endpoints: readonly ReportedEndpoint[];
  /** What it is compared with, besides a report before a command. Absent if that is nothing, or no round was finished. */
  readonly baseline?: ReportedBaseline;
  /** Changes between rounds; absent if no round was finished. */
  readonly history?: Pick<History, 'at' | 'changes' | 'dropped'>;
  /** Redacted, but still untrusted. */
  readonly logs: readonly ServiceLog[];
  readonly outputs: Outputs;
  /** Absent if there is no command. */
  readonly command?: GuardedCommand;
  /** The report of the gate before the command, if this is the one after it. */
  readonly before?: Report;
}

export interface ReportedBaseline extends Compared {
  /** When that run began, ISO 8601. */
  readonly startedAt: string;
  readonly changes: readonly NodeChanges[];
}

/** In milliseconds. */
export function durationOf({ startedAt, endedAt }: Report): number {
  return endedAt - startedAt;
}

/** Calls to the Talos API, and the bytes of their requests and responses. */
export interface Usage {
  readonly calls: number;
  readonly sent: number;
  readonly received: number;
}

/** The command to run once the cluster is healthy. Its text is omitted, since it may contain secrets. */
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
  /** Nodes with a failure of their own; blocked nodes do not count. */
  readonly unhealthyNodes: readonly string[];
  /** The claim in words; empty if the verdict covers the whole cluster. */
  readonly claim: string;
}
