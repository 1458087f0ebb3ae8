import type { HostPort } from '../values/address.ts';
import type { Result } from '../values/result.ts';

/** A condition of a node or a pod. `status` is `True`, `False` or `Unknown`. */
export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
}

export interface KubernetesNode {
  readonly name: string;
  /** Addresses of every type: internal and external IPs, host names. */
  readonly addresses: readonly string[];
  /** Whether it has the label `node-role.kubernetes.io/control-plane`. */
  readonly controlPlane: boolean;
  readonly unschedulable: boolean;
  /** Such as `v1.36.1`; empty if the node does not report it. */
  readonly kubeletVersion: string;
  readonly conditions: readonly Condition[];
}

export interface KubernetesPod {
  readonly name: string;
  /** The label `k8s-app`. */
  readonly app: string;
  /** The node it is scheduled to; empty if it is not scheduled yet. */
  readonly node: string;
  readonly phase: string;
  /** Whether it has a deletion timestamp. */
  readonly deleted: boolean;
  readonly conditions: readonly Condition[];
  readonly containers: readonly Container[];
}

export interface Container {
  readonly name: string;
  readonly state: 'waiting' | 'running' | 'terminated' | 'unknown';
  /** Why it is waiting or terminated, such as `CrashLoopBackOff`; empty if it is running. */
  readonly reason: string;
}

/** A DaemonSet or a Deployment. */
export interface Workload {
  readonly name: string;
  /** The desired number of pods. */
  readonly wanted: number;
  /** Whether its controller has observed the current generation. If not, `wanted` may be that of an earlier one. */
  readonly upToDate: boolean;
}

/** A pod of any namespace, as far as it matters that its node goes down. */
export interface PlacedPod {
  /** `namespace/name`. */
  readonly name: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  /** The node it is scheduled to; empty if it is not scheduled yet. */
  readonly node: string;
  /** Whether something makes it again: a controller, or the kubelet if it is a static pod. */
  readonly managed: boolean;
  /** Whether it has succeeded or failed, or is being deleted. */
  readonly ended: boolean;
}

/** A PodDisruptionBudget. */
export interface DisruptionBudget {
  /** `namespace/name`. */
  readonly name: string;
  readonly namespace: string;
  /** Absent: it selects no pods. */
  readonly selector?: LabelSelector;
  /** How many of its pods may go now. */
  readonly allowed: number;
  /** Whether its controller has observed the current generation. */
  readonly upToDate: boolean;
}

/** Selects pods that have all these labels and meet all these requirements. */
export interface LabelSelector {
  readonly labels: Readonly<Record<string, string>>;
  readonly requirements: readonly {
    readonly key: string;
    readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
    readonly values: readonly string[];
  }[];
}

/** The response to `/readyz?verbose`. */
export interface ReadyzAnswer {
  readonly status: number;
  /** The start of the body, which names the failed checks. */
  readonly body: string;
}

/** Why a request to the Kubernetes API failed. */
export interface Trouble {
  readonly kind:
    | 'refused'
    | 'no-route'
    | 'unresolved'
    | 'dropped'
    | 'timeout'
    | 'connect-timeout'
    | 'proxy'
    | 'wrong-ca'
    | 'server-certificate'
    | 'not-authorized'
    | 'not-found'
    | 'unavailable'
    | 'malformed'
    | 'cancelled'
    | 'other';
  /** `HTTP 403`, or the code of the network error. */
  readonly code: string;
  readonly message: string;
}

/** The result of a request. Errors are values, because they are part of the observation. */
export type Answer<T> = Result<T, Trouble>;

/** The limits of a request. */
export interface Bounds {
  /** Milliseconds until the response must be complete. */
  readonly timeout: number;
  readonly signal: AbortSignal;
}

/** Resources that can be listed and watched. */
export type KubernetesKind = 'nodes' | 'pods' | 'daemon-sets' | 'deployments' | 'all-pods' | 'disruption-budgets';

/** A read-only client of the Kubernetes API of one cluster. */
export interface KubernetesApi extends Disposable {
  /** `https://host:port`. */
  readonly server: string;
  /** Whether server certificates are verified: false if the kubeconfig disables it. */
  readonly verified: boolean;
  /** @param at an API server to query instead of the one in the kubeconfig */
  readyz(bounds: Bounds, at?: HostPort): Promise<Answer<ReadyzAnswer>>;
  nodes(bounds: Bounds): Promise<Answer<readonly KubernetesNode[]>>;
  /** The pods in kube-system that the checks evaluate. */
  pods(bounds: Bounds): Promise<Answer<readonly KubernetesPod[]>>;
  /** The DaemonSets of kube-proxy; empty if there are none. */
  kubeProxy(bounds: Bounds): Promise<Answer<readonly Workload[]>>;
  /** The Deployments of CoreDNS; empty if there are none. */
  coredns(bounds: Bounds): Promise<Answer<readonly Workload[]>>;
  /** The pods of all namespaces. */
  allPods(bounds: Bounds): Promise<Answer<readonly PlacedPod[]>>;
  /** The PodDisruptionBudgets of all namespaces. */
  budgets(bounds: Bounds): Promise<Answer<readonly DisruptionBudget[]>>;
  /**
   * Calls `onEvent` once when the watch is established, and then for every change.
   * @param opening its timeout limits the time until the watch is established; its signal ends the watch
   * @returns why the watch ended
   */
  watch(kind: KubernetesKind, opening: Bounds, onEvent: () => void): Promise<Trouble>;
}
