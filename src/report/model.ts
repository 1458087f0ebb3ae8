import type { Hint, Stage, Status } from '../checks/check.ts';
import type { Blames } from '../diagnosis/root-cause.ts';
import type { Claim } from '../gate/claim.ts';
import type { Finding, VerdictName } from '../gate/finding.ts';
import type { Options } from '../inputs/options.ts';
import type { CheckPolicy } from '../inputs/policies.ts';
import type { NodeSource, Role } from '../observe/cluster.ts';
import type { ServiceLog } from '../observe/logs.ts';
import type { EndpointSnapshot } from '../observe/snapshot.ts';
import type { Problem } from '../values/problem.ts';

/**
 * Everything that is known at the end, and all that a renderer reads. It is
 * what the JSON file holds, so a change that a reader of it could notice raises
 * `schemaVersion`. Times are ISO 8601 in UTC, durations seconds. No secrets.
 */
export interface Report {
  readonly schemaVersion: 2;
  readonly tool: { readonly name: 'talos-health'; readonly version: string };
  readonly verdict: VerdictName;
  /** Of the gate, whatever became of a command. */
  readonly exitCode: number;
  /** Why it ended so, on one line. */
  readonly reason: string;
  readonly startedAt: string;
  readonly durationSeconds: number;
  /** Rounds of observation; 0 where it ended before the first. */
  readonly rounds: number;
  /** How long the slowest of them took. */
  readonly slowestRoundSeconds: number;
  /** Calls to the Talos API, and the bytes of their questions and answers, where they were counted. */
  readonly calls?: number;
  readonly bytes?: { readonly sent: number; readonly received: number };
  /** What is wrong with the input; then nothing else is known. */
  readonly problems: readonly Problem[];
  /** Absent where the input could not be used. */
  readonly options?: ReportedOptions;
  /** What the verdict covers. Absent where the input could not be used. */
  readonly claim?: ReportedClaim;
  /** Absent where no round was finished. */
  readonly cluster?: ReportedCluster;
  readonly endpoints: readonly ReportedEndpoint[];
  /** Stages in their order; those in which nothing was judged are absent. */
  readonly stages: readonly ReportedStage[];
  /** What went wrong, the first thing to fix first; empty where nothing did. */
  readonly causes: readonly ReportedCause[];
  readonly findings: readonly ReportedFinding[];
  /** What happened; absent where no round was finished. */
  readonly history?: ReportedHistory;
  /** Absent unless they were asked for. Without what looks like a secret, and untrusted all the same. */
  readonly logs?: readonly ServiceLog[];
  readonly outputs: Outputs;
  /** Absent where there was nothing to run. */
  readonly command?: ReportedCommand;
  /** The gate before the command, where this is the one after it. */
  readonly before?: Report;
}

/** What was to be done to the cluster once it was healthy. Only what cannot hold a secret: not the command itself. */
export type ReportedCommand =
  | { readonly ran: false }
  | {
      readonly ran: true;
      readonly exitCode: number;
      readonly startedAt: string;
      readonly durationSeconds: number;
    };

export type ReportedClaim = Claim;

/** Everything that decides what the verdict is. Only what cannot hold a secret: no talosconfig, no kubeconfig, and no path. */
export interface ReportedOptions {
  readonly contextName: string;
  readonly endpoints: readonly string[];
  readonly controlPlaneNodes: readonly string[];
  readonly workerNodes: readonly string[];
  readonly nodes: readonly string[];
  readonly onlyNodes: readonly string[];
  readonly mode: Options['mode'];
  readonly profile: Options['profile'];
  /** The last stage to judge; absent for all of them. */
  readonly until?: { readonly stage: string; readonly input: 'until' | 'profile' };
  /** Checks that must not simply hold, and the input that says so. */
  readonly checks: readonly ReportedPolicy[];
  readonly ignoreDiagnostics: readonly string[];
  readonly cordoned: Options['cordoned'];
  /** Absent: all workers. */
  readonly minHealthyWorkers?: Options['minHealthyWorkers'];
  readonly expected: Options['expected'];
  readonly certificate: Options['certificate'];
  readonly kubernetes: {
    readonly use: Options['kubernetes']['use'];
    /** Whether a kubeconfig was given. */
    readonly kubeconfig: boolean;
    readonly endpoint?: string;
  };
  readonly waitTimeoutSeconds: number;
  readonly stableForSeconds: number;
  readonly retryIntervalSeconds: number;
  readonly rpcTimeoutSeconds: number;
}

interface ReportedPolicy extends Pick<CheckPolicy, 'policy' | 'input'> {
  readonly check: string;
}

export interface ReportedCluster {
  readonly source: NodeSource;
  readonly workersKnown: boolean;
  /** Control planes first, then by name. */
  readonly nodes: readonly ReportedNode[];
}

export interface ReportedNode {
  readonly name: string;
  /** Talos's own identity of the machine; absent where it is not known. */
  readonly nodeId?: string;
  /** All names that the machine goes by. */
  readonly names?: readonly string[];
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
  /** When something in it was not as it should: from the first time, until it was well for good, or is still not. */
  readonly unsettled?: { readonly from: string; readonly until?: string };
}

/** Names a finding. */
export interface Subject {
  readonly check: string;
  /** Absent for the cluster as a whole. */
  readonly node?: string;
}

/** Something that went wrong, with all that follows from it. Every finding that is not well belongs to one. */
export interface ReportedCause {
  /** Of the table of causes, else of the check that fails. */
  readonly id: string;
  readonly blames: Blames;
  /** Names of the nodes to blame; none where it is not on nodes. */
  readonly nodes: readonly string[];
  /** What is wrong, on one line. */
  readonly title: string;
  readonly explanation: string;
  readonly hint: ReportedHint;
  readonly stage: Stage;
  readonly status: Status;
  /** Since when it is seen. */
  readonly since?: string;
  /** What it is seen by, the deepest first; at least one. */
  readonly findings: readonly Subject[];
  /** What is seen to be wrong, and follows from it. */
  readonly consequences: readonly Subject[];
  /** What cannot be judged before it is mended. */
  readonly notJudged: readonly Subject[];
}

export interface ReportedHint extends Hint {
  /** What the check means when it does not pass. */
  readonly meaning: string;
  /** Where the check is described. */
  readonly docs: string;
}

export type ReportedFinding = Omit<Finding, 'hint'> & {
  readonly hint?: ReportedHint;
  /** When this finding was first and last seen with this status. */
  readonly firstSeenAt?: string;
  readonly lastSeenAt?: string;
};

export interface ReportedHistory {
  /** Findings whose status changed from one round to the next, the oldest first. */
  readonly changes: readonly ReportedChange[];
  /** How many changes are not among them: of a finding that flaps only the last are kept. */
  readonly dropped: number;
}

interface ReportedChange extends Subject {
  readonly at: string;
  /** Absent where the finding is new. */
  readonly from?: Status;
  readonly to: Status;
  readonly message: string;
}

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
