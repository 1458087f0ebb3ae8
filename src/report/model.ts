import type { Stage, Status } from '../checks/check.ts';
import type { Problem } from '../config/problem.ts';
import type { Finding, VerdictName } from '../gate/finding.ts';
import type { NodeSource, Role } from '../observe/cluster.ts';
import type { EndpointSnapshot } from '../observe/snapshot.ts';

/**
 * Everything that is known at the end, and all that a renderer reads. It is
 * what the JSON file holds, so a change that a reader of it could notice raises
 * `schemaVersion`. Times are ISO 8601 in UTC, durations seconds. No secrets.
 */
export interface Report {
  readonly schemaVersion: 1;
  readonly tool: { readonly name: 'talos-health'; readonly version: string };
  readonly verdict: VerdictName;
  readonly exitCode: number;
  /** Why it ended so, on one line. */
  readonly reason: string;
  readonly startedAt: string;
  readonly durationSeconds: number;
  /** Rounds of observation; 0 where it ended before the first. */
  readonly rounds: number;
  /** Calls to the Talos API, where they were counted. */
  readonly calls?: number;
  /** What is wrong with the input; then nothing else is known. */
  readonly problems: readonly Problem[];
  /** Absent where the input could not be used. */
  readonly options?: ReportedOptions;
  /** Absent where no round was finished. */
  readonly cluster?: ReportedCluster;
  readonly endpoints: readonly ReportedEndpoint[];
  /** Stages in their order; those in which nothing was judged are absent. */
  readonly stages: readonly ReportedStage[];
  readonly findings: readonly ReportedFinding[];
  readonly outputs: Outputs;
}

/** Only what cannot hold a secret: no talosconfig, and no path. */
export interface ReportedOptions {
  readonly contextName: string;
  readonly endpoints: readonly string[];
  readonly controlPlaneNodes: readonly string[];
  readonly workerNodes: readonly string[];
  readonly nodes: readonly string[];
  readonly onlyNodes: readonly string[];
  readonly waitTimeoutSeconds: number;
  readonly retryIntervalSeconds: number;
  readonly rpcTimeoutSeconds: number;
}

export interface ReportedCluster {
  readonly source: NodeSource;
  readonly workersKnown: boolean;
  /** Control planes first, then by name. */
  readonly nodes: readonly ReportedNode[];
}

export interface ReportedNode {
  readonly name: string;
  readonly address: string;
  readonly addresses: readonly string[];
  readonly role: Role;
  readonly source: NodeSource;
  /** Such as `v1.14.0`; absent where the node did not say. */
  readonly talosVersion?: string;
}

export interface ReportedEndpoint {
  /** `host:port`. */
  readonly endpoint: string;
  readonly state: EndpointSnapshot['state'];
  readonly reason?: string;
}

export interface ReportedStage {
  readonly stage: Stage;
  /** The worst of its findings. */
  readonly status: Status;
}

export type ReportedFinding = Finding & {
  /** When this finding was first and last seen with this status. */
  readonly firstSeenAt?: string;
  readonly lastSeenAt?: string;
};

/** The outputs of the action, before they become strings. */
export interface Outputs {
  readonly healthy: boolean;
  readonly verdict: VerdictName;
  /** The first stage with a finding that explains the verdict. */
  readonly failedStage?: Stage;
  readonly failedChecks: readonly string[];
  readonly healthyNodes: readonly string[];
  /** Nodes with a failure of their own, not those that are merely blocked. */
  readonly unhealthyNodes: readonly string[];
}
