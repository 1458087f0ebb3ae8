/** The answers of the Talos API in the gate's own words: plain, readonly, and free of protobuf. */

export interface VersionInfo {
  /** Such as `v1.14.0`. */
  readonly tag: string;
  /** Such as `metal`, `aws`, `container`. */
  readonly platform: string;
  /** `metal`, `cloud` or `container`. */
  readonly mode: string;
}

export type MachineStage =
  | 'unknown'
  | 'booting'
  | 'installing'
  | 'maintenance'
  | 'running'
  | 'rebooting'
  | 'shutting down'
  | 'resetting'
  | 'upgrading';

export interface UnmetCondition {
  readonly name: string;
  readonly reason: string;
}

export interface MachineStatus {
  readonly stage: MachineStage;
  readonly ready: boolean;
  readonly unmetConditions: readonly UnmetCondition[];
}

export interface Service {
  readonly id: string;
  /** A word: `Running`, `Preparing`, `Waiting`, `Failed`, `Finished`, `Skipped`, … */
  readonly state: string;
  readonly health: 'healthy' | 'unhealthy' | 'unknown';
  /** What the health check said last, where it said anything. */
  readonly healthMessage: string;
  /** The message of the last event; empty where the service runs. */
  readonly lastEvent: string;
  /** Absent where its history knows of none. */
  readonly restarts?: Restarts;
}

/** Ends of a service after which Talos started it again by itself. */
export interface Restarts {
  /** What Talos says of the last one. */
  readonly reason: string;
  /** The last few, the oldest first: epoch milliseconds by the node's clock. */
  readonly at: readonly number[];
}

export interface Diagnostic {
  readonly id: string;
  readonly message: string;
  readonly details: readonly string[];
}

export interface VolumeStatus {
  readonly phase: 'waiting' | 'failed' | 'missing' | 'located' | 'provisioned' | 'prepared' | 'ready' | 'closed';
  readonly errorMessage: string;
  /** Bytes. */
  readonly size: number;
}

export interface Nodename {
  readonly nodename: string;
  readonly skipNodeRegistration: boolean;
}

export interface NodeStatus {
  readonly nodename: string;
  readonly ready: boolean;
  readonly unschedulable: boolean;
}

/** A static pod that the node wants. */
export interface StaticPod {
  /** The resource's id, such as `kube-apiserver`. */
  readonly id: string;
  readonly namespace: string;
  /** `metadata.name`; the kubelet appends the node's name to it. */
  readonly name: string;
  readonly restartPolicy: string;
  /** Of its first container; empty where none is named. */
  readonly image: string;
  /** Whether its first container has a readiness probe: without one it counts as ready as soon as its process lives. */
  readonly probed: boolean;
  /** Where its first container serves by `--secure-port`, as of kube-apiserver. */
  readonly port?: number;
}

/** A static pod as the kubelet sees it. */
export interface StaticPodStatus {
  /** `namespace/name-nodename`. */
  readonly id: string;
  readonly phase: string;
  readonly ready: boolean;
  /** The first reason found why it is not ready, such as `CrashLoopBackOff: back-off 5m0s …`; empty when ready. */
  readonly reason: string;
}

/** A machine as discovery tells it. */
export interface Member {
  /** What it is known by; empty where an old or foreign server does not say. */
  readonly nodeId: string;
  /** The id of the resource: its Kubernetes node name. */
  readonly nodename: string;
  /** May be fully qualified where the Kubernetes node name is short, or the other way round. */
  readonly hostname: string;
  readonly addresses: readonly string[];
  readonly role: 'controlplane' | 'worker';
  readonly operatingSystem: string;
  readonly apiServerPort: number;
}

export interface EtcdMember {
  /** 64 bits as hexadecimal, the way etcd prints it. */
  readonly id: string;
  readonly hostname: string;
  /** Hosts of the peer URLs. */
  readonly peerHosts: readonly string[];
  readonly isLearner: boolean;
}

export interface EtcdStatus {
  readonly memberId: string;
  /** Id of the leader; empty without one. */
  readonly leader: string;
  readonly errors: readonly string[];
  readonly isLearner: boolean;
}

export interface EtcdAlarm {
  readonly memberId: string;
  readonly alarm: string;
}
