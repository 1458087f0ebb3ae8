import type { ReadyzAnswer } from '../kubernetes/model.ts';
import type { Failure } from '../talos/failure.ts';
import type { Cluster, ClusterNode } from './cluster.ts';
import type { Facet, RememberedFacet } from './facet.ts';
import type { NodeFacets } from './facets.ts';
import type { KubernetesFacetName, KubernetesFacetValue } from './kubernetes-facets.ts';

/** What `/readyz` of a kube-apiserver answered to an anonymous request. */
export interface ApiServerAnswer {
  readonly url: string;
  readonly status: number;
  /** The first part of the body; it names failing parts where the server tells. */
  readonly body: string;
}

/** Another machine that answered at an address of a node. */
export interface Impostor {
  readonly address: string;
  readonly nodeId?: string;
  /** Its Kubernetes node name, where it does not tell its node id. */
  readonly nodename?: string;
}

/** The way from here to a control plane's kube-apiserver. */
export interface ApiServerWay {
  /** The address and port at which it was asked. */
  readonly address: string;
  readonly port: number;
  /** Whether the Talos port of that address has taken a connection from here in this run. */
  readonly talosPort: boolean;
  /** Whether the API server's port has taken or refused a connection in this run: then packets come through. */
  readonly contacted: boolean;
}

/** Everything that one round saw of one node. Where the node is known by its id, no other machine's answers are here. */
export interface NodeSnapshot extends NodeFacets {
  readonly node: ClusterNode;
  /** The address at which it answered; absent where it did not. */
  readonly answeredAt?: string;
  /** Who answered in its place, where it was looked for: a VIP, a duplicate address, NAT. */
  readonly impostors?: readonly Impostor[];
  /** Only on control planes. */
  readonly apiServer?: Facet<ApiServerAnswer>;
  /** Only on control planes. */
  readonly apiServerWay?: ApiServerWay;
}

/** One endpoint of the cluster, as the round found it. */
export interface EndpointSnapshot {
  /** `host:port`. */
  readonly endpoint: string;
  readonly state: 'used' | 'standby' | 'failed' | 'worker';
  /** Why it is not usable. */
  readonly failure?: Failure;
  /** Of the machine that answered there last, by its own word. */
  readonly nodeId?: string;
}

/** What the client certificate says of itself; no key material. */
export interface CredentialsInfo {
  /** Organizations of the client certificate, such as `os:reader`; empty where there is no certificate. */
  readonly roles: readonly string[];
  /** Epoch milliseconds; absent where there is no certificate. */
  readonly notBefore?: number;
  readonly notAfter?: number;
}

/** What the Kubernetes API says, where it is asked. */
export type KubernetesSnapshot = NoKubernetes | KubernetesFacets;

interface NoKubernetes {
  readonly access: false;
  /** Why it is not asked, such as a role that gets no kubeconfig. */
  readonly why: string;
  /** Whether the caller counts on it. */
  readonly required: boolean;
}

/** What the Kubernetes API said of each facet, now or last. */
export type KubernetesAnswers = { readonly [K in KubernetesFacetName]: RememberedFacet<KubernetesFacetValue<K>> };

/** Without a server not even a kubeconfig could be had, and the facets say why. */
export interface KubernetesFacets extends KubernetesAnswers {
  readonly access: true;
  /** Where the kubeconfig comes from. */
  readonly kubeconfig: 'input' | 'talos';
  /** Whether the caller counts on it: runners often cannot reach the API server, and else that is no failure. */
  readonly required: boolean;
  /** `https://host:port`. */
  readonly server?: string;
  /** Whether the server, or another API server that was not ready, has been reached in this run: then packets come through. */
  readonly contacted: boolean;
  readonly readyz: Facet<ReadyzAnswer>;
  /** `/readyz` of each control plane's own API server, asked with the credentials; by its address. */
  readonly apiServers: ReadonlyMap<string, RememberedFacet<ReadyzAnswer>>;
  /** Whether a server that answers has proved to be of this cluster, by its certificate. */
  readonly verified: boolean;
}

/** One round of observation. Checks see this and the options, and nothing else. */
export interface Snapshot {
  /** When the round began, epoch milliseconds. */
  readonly at: number;
  readonly cluster: Cluster;
  /** What discovery answered, where it was asked. */
  readonly discovery: Facet<number>;
  readonly endpoints: readonly EndpointSnapshot[];
  readonly credentials: CredentialsInfo;
  readonly nodes: readonly NodeSnapshot[];
  readonly kubernetes: KubernetesSnapshot;
}
