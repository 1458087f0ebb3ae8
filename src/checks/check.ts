import type { CheckOptions } from '../inputs/options.ts';
import type { KubernetesKind } from '../kubernetes/model.ts';
import type { KubernetesReading } from '../observe/facets/kubernetes.ts';
import type { ClusterFacetName, NodeFacetName, WatchKind } from '../observe/facets/table.ts';
import type { Role } from '../observe/members/cluster.ts';
import type { NodeSnapshot, Snapshot } from '../observe/snapshot.ts';

/** In order: a fault of an earlier stage can cause one of a later stage. */
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
 * - `pass`: observed to be as expected.
 * - `pending`: not yet as expected. Waiting can help; at the deadline it is a failure.
 * - `fail`: an error of the caller. Waiting cannot help, so it ends the wait.
 * - `blocked`: unknown, because of an unresolved finding of another check.
 * - `skip`: does not apply; the message says why.
 * - `warn`: reported, but does not fail the cluster.
 */
export type Status = 'pass' | 'pending' | 'fail' | 'blocked' | 'skip' | 'warn';

/** Another check whose finding may be the cause of this one. */
export interface Cause {
  readonly check: string;
  /**
   * - `here`: on the same node, or else on the cluster as a whole.
   * - `everywhere`: on every subject of that check, for example if no API server works at all.
   * - a node: on that node.
   */
  readonly on: 'here' | 'everywhere' | { readonly node: string };
}

/** The result of a check on one subject. Evaluation replaces the status by `blocked` if one of the causes is unresolved. */
export interface Outcome {
  readonly status: Exclude<Status, 'blocked'>;
  /** One line, without the name of the node. Quotes Talos if Talos gives a reason. */
  readonly message: string;
  readonly hint?: Hint;
  /** Nothing was observed: the message only says why. */
  readonly unknown?: true;
  /** The first of these that is unresolved blocks the finding. If none is, the status counts. */
  readonly explainedBy?: readonly Cause[];
}

/** What to do about it: a sentence, and commands to paste into a shell. */
export interface Hint {
  readonly text: string;
  readonly commands: readonly string[];
}

export interface CheckBase {
  /** Stable: policies, outputs and links to the documentation use it. */
  readonly id: string;
  readonly stage: Stage;
  /** `warn`: it does not make a cluster unhealthy, unless the profile is strict. Default: it does. */
  readonly severity?: 'warn';
  /** What is true if it passes: "etcd has quorum". */
  readonly title: string;
  /** What it means if it does not pass: one sentence, for the documentation. */
  readonly explanation: string;
  /**
   * Ids of checks, earlier in the registry, whose unresolved findings on the same node or on the cluster block this one.
   */
  readonly requires: readonly string[];
  /** Facets that must be known to evaluate the check: of its node, or of the Kubernetes API. */
  readonly reads: readonly Reading[];
  /** Facets that the check uses if they are known: of the same node, of other nodes, or of the cluster. */
  readonly alsoReads: readonly Reading[];
  /** Resources of the node whose changes trigger an evaluation; the rest is polled. For a check of the cluster: of every control plane. */
  readonly watches: readonly WatchKind[];
  /** The same, of the Kubernetes API. */
  readonly watchesOfKubernetes: readonly KubernetesKind[];
  /** The check compares or counts the nodes of this role, or all nodes, so a change of any of them can resolve its finding. */
  readonly across?: Role | 'all';
  /** Its faults are those of single other nodes, such as a DaemonSet's: `min-healthy-workers` tolerates it as it tolerates theirs. */
  readonly ofEachNode?: true;
  /** Whether the options enable it. Without this method it is always enabled; a disabled check has no finding. */
  enabled?(options: CheckOptions): boolean;
  readonly docs: Docs;
}

/** Further documentation of a check: Markdown, sentences without the full stop. */
interface Docs {
  /** What makes it pending. */
  readonly pending: string;
  readonly fail?: string;
  readonly warn?: string;
  readonly skip?: string;
  /** Ids of checks that can block it, besides those that it requires. */
  readonly explainedBy?: readonly string[];
  /** How `talosctl health` checks the same, and how this check is stricter. */
  readonly talosctl: string;
  /** Public reports of what it finds: `siderolabs/talos#7080`. */
  readonly reports?: readonly string[];
  /** What to do, as a sentence. */
  readonly advice: string;
  readonly commands: readonly string[];
}

/** The name of a facet that a check reads. */
export type Reading = NodeFacetName | ClusterFacetName | KubernetesReading;

/** Evaluated for each node, or each control plane. */
export interface NodeCheck extends CheckBase {
  readonly scope: 'node' | 'control-plane';
  evaluate(node: NodeSnapshot, snapshot: Snapshot, options: CheckOptions): Outcome;
}

/** Evaluated once, for the cluster as a whole. */
export interface ClusterCheck extends CheckBase {
  readonly scope: 'cluster';
  evaluate(snapshot: Snapshot, options: CheckOptions): Outcome;
}

export type Check = NodeCheck | ClusterCheck;
