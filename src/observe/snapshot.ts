import type { ReadyzAnswer } from '../kubernetes/model.ts';
import type { Failure } from '../talos/failure.ts';
import type { OmniCluster, OmniUpgrade } from '../talos/resources/omni.ts';
import type { Validity } from '../values/validity.ts';
import type { Facet, RememberedFacet } from './facets/facet.ts';
import type { KubernetesFacetName, KubernetesFacetValue } from './facets/kubernetes.ts';
import type { NodeFacets } from './facets/table.ts';
import type { Cluster, ClusterNode } from './members/cluster.ts';

/** The answer of a kube-apiserver to an anonymous request for `/readyz`. */
export interface ApiServerAnswer {
  readonly url: string;
  readonly status: number;
  /** The first part of the body; it names the failing parts if the server reports them. */
  readonly body: string;
  /** Of its certificate, which is not verified. */
  readonly certificate?: Validity;
}

/** Another machine that answered at an address of a node. */
export interface Impostor {
  readonly address: string;
  readonly nodeId?: string;
  /** Its Kubernetes node name, if it does not report its node id. */
  readonly nodename?: string;
}

/** The network path from here to a control plane's kube-apiserver. */
export interface ApiServerWay {
  /** The address and port of the request. */
  readonly address: string;
  readonly port: number;
  /** Whether the Talos port of that address has accepted a connection from here in this run. */
  readonly talosPort: boolean;
  /** Whether the API server's port has accepted or refused a connection in this run: then packets get through. */
  readonly contacted: boolean;
}

/** One boot of a machine. */
interface SeenBoot {
  /** When machined started, by the clock of the node, in epoch milliseconds. */
  readonly since: number;
  /** Of Talos. */
  readonly version: string;
}

/** Everything that one round observed of one node. If its node id is known, answers of other machines are excluded. */
export interface NodeSnapshot extends NodeFacets {
  readonly node: ClusterNode;
  /** The address at which it answered; absent if it did not. */
  readonly answeredAt?: string;
  /** Machines that answered in its place, as far as they were looked for: a virtual IP, a duplicate address, NAT. */
  readonly impostors?: readonly Impostor[];
  /** The boots that this run has seen of it, the present one last. Absent if none could be told. */
  readonly boots?: readonly SeenBoot[];
  /** Only on control planes. */
  readonly apiServer?: Facet<ApiServerAnswer>;
  /** Only on control planes. */
  readonly apiServerWay?: ApiServerWay;
}

/** One endpoint of the cluster, as observed by the round. */
export interface EndpointSnapshot {
  /** `host:port`. */
  readonly endpoint: string;
  readonly state: 'used' | 'standby' | 'failed' | 'worker';
  /** Why it cannot be used. */
  readonly failure?: Failure;
  /** Reported by the machine that answered there last. */
  readonly nodeId?: string;
  /** Of its certificate, when it was last connected. */
  readonly certificate?: Validity;
}

/** The attributes of the client certificate, or of the key of the service account; no key material. */
export interface CredentialsInfo {
  /** Organizations of the client certificate, such as `os:reader`. Omni does not tell the role of an account. */
  readonly roles: readonly string[];
  /** Epoch milliseconds. */
  readonly notBefore?: number;
  /** Epoch milliseconds; absent if it does not expire. */
  readonly notAfter?: number;
  /** The service account of Omni; absent with a client certificate. */
  readonly account?: { readonly name: string; readonly cluster: string };
  /** Credentials that are given too, and not used, in words. */
  readonly unused?: string;
}

/** The state of the Kubernetes API, or why it is not used. */
export type KubernetesSnapshot = NoKubernetes | KubernetesFacets;

interface NoKubernetes {
  readonly access: false;
  /** Why it is not used, such as a role that gets no kubeconfig. */
  readonly why: string;
  /** Whether the caller requires it. */
  readonly required: boolean;
}

/** The answer of the Kubernetes API for each facet, or the last one. */
export type KubernetesAnswers = { readonly [K in KubernetesFacetName]: RememberedFacet<KubernetesFacetValue<K>> };

/** If there is no kubeconfig, `server` is absent and the facets have the reason. */
export interface KubernetesFacets extends KubernetesAnswers {
  readonly access: true;
  /** The source of the kubeconfig. */
  readonly kubeconfig: 'input' | 'talos';
  /**
   * Whether the caller requires it: runners often cannot reach the API server, and unless required, that is not a
   * failure.
   */
  readonly required: boolean;
  /** `https://host:port`. */
  readonly server?: string;
  /**
   * Whether the server, or another API server that was not ready, has been reached in this run: then packets get
   * through.
   */
  readonly contacted: boolean;
  readonly readyz: Facet<ReadyzAnswer>;
  /** `/readyz` of each control plane's own API server, requested with the credentials; by its address. */
  readonly apiServers: ReadonlyMap<string, RememberedFacet<ReadyzAnswer>>;
  /** Whether the server has proved by its certificate that it belongs to this cluster. */
  readonly verified: boolean;
}

/** What Sidero Omni itself knows of the cluster. */
export interface OmniFacets {
  readonly status: Facet<OmniCluster>;
  readonly upgrade: Facet<OmniUpgrade>;
}

/** The result of one round of observation. Checks receive only this and the options. */
export interface Snapshot {
  /** When the newest observation ended, epoch milliseconds. */
  readonly at: number;
  readonly cluster: Cluster;
  /** The answer of discovery. */
  readonly discovery: Facet<number>;
  readonly endpoints: readonly EndpointSnapshot[];
  readonly credentials: CredentialsInfo;
  readonly nodes: readonly NodeSnapshot[];
  readonly kubernetes: KubernetesSnapshot;
  /** Absent if Omni is not in front of the cluster. */
  readonly omni?: OmniFacets;
}
