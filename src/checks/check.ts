import type { CheckOptions } from '../inputs/options.ts';
import type { KubernetesKind } from '../kubernetes/model.ts';
import type { NodeSnapshot, Snapshot } from '../observe/snapshot.ts';
import type { WatchKind } from '../observe/watching.ts';

/** In the order in which they explain each other. */
export const stages = [
  'connectivity',
  'readiness',
  'etcd',
  'api-server',
  'control-plane',
  'nodes',
  'static-pods',
  'workloads',
] as const;
export type Stage = (typeof stages)[number];

/**
 * - `pass`: seen to be as it should.
 * - `pending`: not yet; waiting can help, and at the deadline it is a failure.
 * - `fail`: the caller's own fault; waiting cannot help, and it ends the wait.
 * - `blocked`: cannot be known because an earlier check stands in the way.
 * - `skip`: does not apply, with the reason.
 * - `warn`: shown, never red.
 */
export type Status = 'pass' | 'pending' | 'fail' | 'blocked' | 'skip' | 'warn';

/** An earlier fault that may stand behind what a check sees. */
export interface Cause {
  readonly check: string;
  /**
   * - `here`: on the same node, or else on the cluster as a whole.
   * - `everywhere`: on every subject of that check, as when no API server works at all.
   * - a node: on that one.
   */
  readonly on: 'here' | 'everywhere' | { readonly node: string };
}

/** What a check sees on its subject. Whether another fault stands behind it (`blocked`) is for the evaluation to say. */
export interface Outcome {
  readonly status: Exclude<Status, 'blocked'>;
  /** One line, in Talos's own words where it has any, without the node's name. */
  readonly message: string;
  readonly hint?: Hint;
  /** Nothing was seen of it: the message says only why it is not known. */
  readonly unknown?: true;
  /** The first of these that stands unresolved makes the finding `blocked` by it; where none does, the status counts. */
  readonly explainedBy?: readonly Cause[];
}

/** What to do about it: a sentence, and commands that can be pasted. */
export interface Hint {
  readonly text: string;
  readonly commands: readonly string[];
}

interface CheckBase {
  /** Stable: policies, outputs and anchors of the documentation use it. */
  readonly id: string;
  readonly stage: Stage;
  /** `warn`: it never makes a cluster unhealthy, unless the profile is strict. By default it does. */
  readonly severity?: 'warn';
  /** What holds when it passes, in words: "etcd has quorum". */
  readonly title: string;
  /** What it means when it does not hold, in a sentence, for the documentation. */
  readonly explanation: string;
  /**
   * Checks that must not stand unresolved before this one can be judged, on
   * the same node or cluster-wide. By id, earlier in the registry.
   */
  readonly requires: readonly string[];
  /** Resources of a node whose change can end its finding; what cannot be watched is looked at again at the interval. */
  readonly watches: readonly WatchKind[];
  /** What of the Kubernetes API can end its finding, where there is access; absent where it asks nothing there. */
  readonly watchesOfKubernetes?: readonly KubernetesKind[];
  /** What the control planes say is compared: it takes fresh words of all of them. */
  readonly acrossControlPlanes?: true;
  /** The workers are counted: each of them can end its finding, by coming or going. */
  readonly acrossWorkers?: true;
  /** Its faults are those of single nodes, as of a DaemonSet's pods: where theirs do not count, it does not either. */
  readonly ofEachNode?: true;
  /** Whether the caller asked for what it judges; absent where it is always judged. What nobody asked for has no finding. */
  enabled?(options: CheckOptions): boolean;
}

/** Judges each node, or each control plane, on its own. */
export interface NodeCheck extends CheckBase {
  readonly scope: 'node' | 'control-plane';
  evaluate(node: NodeSnapshot, snapshot: Snapshot, options: CheckOptions): Outcome;
}

/** Judges the cluster as a whole. */
export interface ClusterCheck extends CheckBase {
  readonly scope: 'cluster';
  evaluate(snapshot: Snapshot, options: CheckOptions): Outcome;
}

export type Check = NodeCheck | ClusterCheck;
