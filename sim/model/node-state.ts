import type { Equipment } from './equipment.ts';

export type Role = 'controlplane' | 'worker';

/**
 * How the machine stands to the network.
 * - `dead`: powered off; its ports refuse.
 * - `frozen`: accepts connections and never answers.
 * - `no-route`: nothing gets there; the endpoint is told so.
 * - `black-hole`: nothing gets there, and nobody says so.
 * - `machined-hung`: apid takes calls and forwards them; its own are never answered.
 * - `maintenance`: waits for a configuration, with a certificate that nobody knows.
 * - `other-ca`: runs, but belongs to another cluster.
 */
export type Presence =
  | 'up'
  | 'dead'
  | 'frozen'
  | 'no-route'
  | 'black-hole'
  | 'machined-hung'
  | 'maintenance'
  | 'other-ca';

export type Stage =
  | 'booting'
  | 'installing'
  | 'maintenance'
  | 'running'
  | 'rebooting'
  | 'shutting down'
  | 'resetting'
  | 'upgrading';

export interface NodeState {
  /** Name in the simulation; the names below are derived from it unless a fault changes them. */
  readonly name: string;
  /** Of the machine, random on real ones: it survives reboots and goes with a wipe. */
  readonly nodeId: string;
  /** The identity before a wipe, which discovery still lists: of two machines with one name it has one. */
  readonly formerNodeId?: string;
  readonly hostname: string;
  /** The name of its Kubernetes node, and the id of its Member. */
  readonly nodename: string;
  readonly role: Role;
  /** Where the machine is reached. */
  readonly address: string;
  /** All addresses that it reports, this one first, without the virtual address. */
  readonly addresses: readonly string[];
  /** A machine that autoscaling holds ready, or has taken back: it is no part of the cluster. */
  readonly spare: boolean;
  readonly presence: Presence;
  /** How long the certificate of apid is good for yet; absent: it is new. */
  readonly certificateHours?: number;
  /** Where it differs from the others', as in the middle of an upgrade. */
  readonly talosVersion?: string;
  /** What META says of an upgrade. A container has no META. */
  readonly upgrade: UpgradeState;
  /** How often it has booted: each boot has an id and a time of its own. */
  readonly boots: number;
  /** A controller has asked for a reboot, which is about to happen. */
  readonly rebootRequested: boolean;
  /** The system extensions of the image that it runs, without the schematic. */
  readonly extensions: readonly Extension[];
  /** The id of the image's schematic; empty where it is not the Image Factory's. */
  readonly schematic: string;
  /** Milliseconds that its API takes for each call, besides what all take. */
  readonly latency: number;
  /** apid was just started: machined does not know it yet, and refuses whoever comes through it. */
  readonly apidStarting: boolean;
  readonly stage: Stage;
  /** Known to the discovery service; if not, only to itself. */
  readonly discovered: boolean;
  /** Names of the nodes that its own discovery lists besides itself; absent: all that are discovered. */
  readonly knownMembers?: readonly string[];
  /** Ids of the services that there are; `etcd` is derived from `etcd` below unless it is given here. */
  readonly services: Readonly<Record<string, ServiceState>>;
  readonly etcd: EtcdProcess;
  readonly unmet: readonly UnmetCondition[];
  /** Talos reports `ready: false` without a reason. */
  readonly notReadyWithoutReason: boolean;
  readonly memoryMiB: number;
  readonly ephemeral: Ephemeral;
  readonly equipment: Equipment;
  readonly diagnostics: readonly Diagnostic[];
  readonly kubernetes: KubernetesNode;
  /** The static pods that the machine wants, by id. */
  readonly staticPods: Readonly<Record<string, PodState>>;
  /** `kube-controller-manager`, `kube-scheduler`: switched off by the configuration. */
  readonly disabledComponents: readonly string[];
  readonly apiServer: ApiServer;
  /** Its load balancer for the Kubernetes API; `cut-off`: it reaches none of the API servers. */
  readonly kubePrism: 'on' | 'off' | 'cut-off';
  /** Resource types that this (older) version of Talos does not support. */
  readonly unsupportedTypes: readonly string[];
  /** Resource types whose resources carry no protobuf, only YAML. */
  readonly yamlOnlyTypes: readonly string[];
}

interface UpgradeState {
  /** The label of the boot entry to which the next failed boot goes back. */
  readonly fallback?: string;
  /** The installer image that the next boot installs. */
  readonly staged?: string;
}

export interface Extension {
  readonly name: string;
  readonly version: string;
}

export interface ServiceState {
  /** `Running`, `Preparing`, `Waiting`, `Failed`, `Finished`, … */
  readonly state: string;
  readonly health: 'healthy' | 'unhealthy' | 'unknown';
  /** The health check's last message, or the event's where the service does not run. */
  readonly message: string;
  /**
   * It ends whenever it was started, and Talos starts it again after 5 s: the
   * message is that of its end. Between two attempts it waits.
   */
  readonly restarting?: { readonly healthInAttempt: 'healthy' | 'unhealthy' };
}

export interface UnmetCondition {
  readonly name: string;
  readonly reason: string;
}

export interface Ephemeral {
  readonly phase: 'waiting' | 'failed' | 'missing' | 'ready';
  readonly sizeMiB: number;
  readonly error: string;
}

interface Diagnostic {
  readonly id: string;
  readonly message: string;
  readonly details: readonly string[];
}

interface KubernetesNode {
  readonly registered: boolean;
  /** Talos on the machine cannot read its Kubernetes node. */
  readonly unseenByTalos: boolean;
  /** The kubelet was killed with its container runtime, while Talos still lists its service as running. */
  readonly kubeletGone: boolean;
  /** Why the kubelet says that the node is not ready, if it does; whether the node is Ready follows from more. */
  readonly complaint?: { readonly reason: string; readonly message: string };
  /** Conditions besides Ready that hold, such as `DiskPressure`. */
  readonly pressure: readonly string[];
  readonly unschedulable: boolean;
  /** Of the kubelet, where it differs from the version of Kubernetes. */
  readonly kubeletVersion?: string;
  /** Of what its control plane runs, where it differs from the version of Kubernetes. */
  readonly controlPlaneVersion?: string;
  readonly kubeProxyReady: boolean;
  /** Whether a pod without a controller runs on it. */
  readonly lonelyPod: boolean;
}

/** `missing`: wanted, but the kubelet does not know it. */
export type PodState = 'ready' | 'not-ready' | 'pending' | 'crash-loop' | 'missing';

interface ApiServer {
  /** How long its certificate is good for yet; absent: it is new. */
  readonly certificateHours?: number;
  /** Names of the parts that fail in `/readyz`, apart from etcd. */
  readonly failingParts: readonly string[];
  /** The same, in the moment before the kubelet's probe has noticed it: the pod is still ready. */
  readonly unnoticedParts: readonly string[];
  /**
   * What becomes of connections, whatever the pod says: they are refused, taken
   * and never answered, or their packets vanish.
   */
  readonly port: 'open' | 'blocked' | 'silent' | 'unanswered';
}

/**
 * - `none`: no etcd on this machine.
 * - `waiting`: configured, waits for the bootstrap or to join.
 * - `hung`: the process runs and does nothing.
 * - `removed`: no member any more; the process ends as soon as it was started, again and again.
 */
interface EtcdProcess {
  readonly state: 'none' | 'waiting' | 'running' | 'stopped' | 'hung' | 'removed';
  /** It reaches no other member, and none reaches it. */
  readonly cutOff: boolean;
  /** Names of members that this machine's list lacks. */
  readonly unseenMembers: readonly string[];
  /** Name of the member that it takes for the leader, if it differs from the others. */
  readonly believedLeader?: string;
  readonly databaseMiB: number;
  /** Of these, what a defragmentation would not free. */
  readonly inUseMiB: number;
  /** `quota-backend-bytes` of the machine configuration. */
  readonly quotaMiB?: number;
  /** How many entries of the raft log it is behind the others. */
  readonly behind: number;
  readonly version: string;
  readonly storageVersion: string;
}
