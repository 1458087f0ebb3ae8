import type { HostPort } from '../values/address.ts';

/** What the Kubernetes API says, of what it says only what is judged. Deeply readonly. */

/** A condition of a node or a pod. `status` is `True`, `False` or `Unknown`, in the server's own spelling. */
export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
}

export interface KubernetesNode {
  readonly name: string;
  /** Of every type: internal and external addresses, host names. */
  readonly addresses: readonly string[];
  /** Whether it carries the label of control planes. */
  readonly controlPlane: boolean;
  readonly unschedulable: boolean;
  /** Of its kubelet, such as `v1.36.1`; empty where it does not say. */
  readonly kubeletVersion: string;
  readonly conditions: readonly Condition[];
}

export interface KubernetesPod {
  readonly name: string;
  /** The label `k8s-app`. */
  readonly app: string;
  /** The Kubernetes node it runs on; empty where it is not placed yet. */
  readonly node: string;
  readonly phase: string;
  /** Whether it is being deleted. */
  readonly deleted: boolean;
  readonly conditions: readonly Condition[];
  readonly containers: readonly Container[];
}

export interface Container {
  readonly name: string;
  readonly state: 'waiting' | 'running' | 'terminated' | 'unknown';
  /** Why it waits or has ended, such as `CrashLoopBackOff`; empty where it runs. */
  readonly reason: string;
}

/** A DaemonSet or a Deployment. */
export interface Workload {
  readonly name: string;
  /** How many pods there should be. */
  readonly wanted: number;
  /** Whether its controller has seen what is asked of it now; before, its numbers are of what was asked earlier. */
  readonly upToDate: boolean;
}

/** What `/readyz?verbose` answered. */
export interface ReadyzAnswer {
  readonly status: number;
  /** The first part of the body; it names the parts that fail. */
  readonly body: string;
}

/** Why the Kubernetes API gave no answer that can be used. */
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
  /** `HTTP 403`, or the code of the network's error. */
  readonly code: string;
  readonly message: string;
}

/** What came of one question. A value and no exception: what goes wrong is a part of the observation. */
export type Answer<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly trouble: Trouble };

/** What bounds a question. */
export interface Bounds {
  /** Milliseconds until the whole answer must be there. */
  readonly timeout: number;
  readonly signal: AbortSignal;
}

/** What can be listed and watched. */
export type KubernetesKind = 'nodes' | 'pods' | 'daemon-sets' | 'deployments';

/** The Kubernetes API of one cluster, with credentials. Read-only: nothing here can change a cluster. */
export interface KubernetesApi extends Disposable {
  /** `https://host:port`. */
  readonly server: string;
  /** Whether the certificate of a server is checked, unless the kubeconfig says not to. */
  readonly verified: boolean;
  /** @param at an API server of its own, instead of the one that the kubeconfig names */
  readyz(bounds: Bounds, at?: HostPort): Promise<Answer<ReadyzAnswer>>;
  nodes(bounds: Bounds): Promise<Answer<readonly KubernetesNode[]>>;
  /** Those of the components in kube-system that are judged. */
  pods(bounds: Bounds): Promise<Answer<readonly KubernetesPod[]>>;
  /** Of kube-proxy; empty where there is none. */
  kubeProxy(bounds: Bounds): Promise<Answer<readonly Workload[]>>;
  /** Of CoreDNS; empty where there is none. */
  coredns(bounds: Bounds): Promise<Answer<readonly Workload[]>>;
  /**
   * Tells once when the watch stands, and then of every change, until it breaks.
   * @param opening bounds the time until it stands; its signal ends the watch whenever it aborts
   * @returns why it ended
   */
  watch(kind: KubernetesKind, opening: Bounds, onEvent: () => void): Promise<Trouble>;
}
