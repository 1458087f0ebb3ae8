import type { CheckOptions } from '../inputs/options.ts';
import type { KubernetesKind } from '../kubernetes/model.ts';
import type { Role } from '../observe/cluster.ts';
import type { ClusterFacetName, NodeFacetName, WatchKind } from '../observe/facets.ts';
import type { KubernetesFacetName } from '../observe/kubernetes-facets.ts';
import type { NodeSnapshot, Snapshot } from '../observe/snapshot.ts';

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

export interface CheckBase {
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
  /** Facets that have to be known before anything can be judged: of the node that it judges, or of the Kubernetes API. */
  readonly reads: readonly Reading[];
  /** Facets that are taken into account where they are known: of the same node, of other nodes, or of the cluster. */
  readonly alsoReads: readonly Reading[];
  /** What of a node wakes it, by what it reads; what cannot be watched is polled. For a check of the cluster, of every control plane. */
  readonly watches: readonly WatchKind[];
  /** The same of the Kubernetes API, where there is access. */
  readonly watchesOfKubernetes: readonly KubernetesKind[];
  /** It compares, or counts, the nodes of this role: each of them can end its finding. */
  readonly across?: Role;
  /** Its faults are those of single nodes, as of a DaemonSet's pods: where theirs do not count, it does not either. */
  readonly ofEachNode?: true;
  /** Whether the caller asked for what it judges; absent where it is always judged. What nobody asked for has no finding. */
  enabled?(options: CheckOptions): boolean;
  readonly docs: Docs;
}

/** What the documentation says of a check beyond the above. Markdown, sentences without their full stop. */
interface Docs {
  /** What makes it pending. */
  readonly pending: string;
  readonly fail?: string;
  readonly warn?: string;
  readonly skip?: string;
  /** Ids of further checks that may stand behind it, besides those that it requires. */
  readonly explainedBy?: readonly string[];
  /** What `talosctl health` makes of the same, and where this check is stricter. */
  readonly talosctl: string;
  /** What to do, as a sentence. */
  readonly advice: string;
  readonly commands: readonly string[];
}

/** Something that a check reads. */
export type Reading = NodeFacetName | ClusterFacetName | `kubernetes.${KubernetesFacetName}`;

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
