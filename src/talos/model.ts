/** What the gate uses of the responses of the Talos API, as plain readonly objects without protobuf. */

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
  /** `Running`, `Preparing`, `Waiting`, `Failed`, `Finished`, `Skipped`, … */
  readonly state: string;
  readonly health: 'healthy' | 'unhealthy' | 'unknown';
  /** The last message of the health check; `''` if there is none. */
  readonly healthMessage: string;
  /** The message of the last event; `''` if the service runs. */
  readonly lastEvent: string;
  /** Absent if the history has none. */
  readonly restarts?: Restarts;
  /** The first event in the history, in epoch milliseconds by the clock of the node; absent if there is none. */
  readonly firstEventAt?: number;
}

/** Ends of a service after which Talos restarted it. */
export interface Restarts {
  /** The message of Talos for the last one. */
  readonly reason: string;
  /** The most recent ones, oldest first: epoch milliseconds by the clock of the node. */
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
  /** Keys of the encryption that Talos could not store, with the reason; absent if there is none. */
  readonly failedKeys?: readonly string[];
}

/** A mounted file system. Sizes in bytes; 0 where it has none. */
export interface Mount {
  readonly path: string;
  readonly source: string;
  readonly size: number;
  readonly available: number;
}

/** A software RAID. */
export interface RaidArray {
  readonly id: string;
  readonly phase: 'unknown' | 'waiting' | 'rebuilding' | 'ready' | 'error';
  readonly error: string;
  /** How many devices it has now, and how many it is made for. */
  readonly members: number;
  readonly raidDevices: number;
  /** `clean`, `active`, `inactive`, … */
  readonly arrayState: string;
  /** `idle`, `recover`, `resync`, `check`, … */
  readonly syncAction: string;
}

/** What is wrong with a volume group of LVM: `''` for nothing. */
export interface StorageProblem {
  readonly group: string;
  readonly message: string;
}

export interface TimeStatus {
  readonly synced: boolean;
  /** The configuration switches it off; `synced` is true then. */
  readonly syncDisabled: boolean;
}

/** What an answer of a node tells of its clock. */
export interface NodeTime {
  /** By the clock of the node, in epoch milliseconds. */
  readonly local: number;
  /** The same moment by the node's time server. */
  readonly remote: number;
  readonly server: string;
}

export interface NetworkStatus {
  readonly addressReady: boolean;
  readonly connectivityReady: boolean;
  readonly hostnameReady: boolean;
  readonly etcFilesReady: boolean;
}

export interface Link {
  readonly name: string;
  readonly isDown: boolean;
  /** The index of the bond of which it is a port. */
  readonly bond?: number;
}

/** A probe of the machine configuration. */
export interface Probe {
  /** Such as `tcp:proxy.example.com:3128`. */
  readonly id: string;
  readonly success: boolean;
  readonly lastError: string;
}

export interface ImageCache {
  readonly status: 'unknown' | 'disabled' | 'preparing' | 'ready';
  readonly copy: 'unknown' | 'skipped' | 'copying' | 'ready';
}

export interface Siderolink {
  readonly host: string;
  readonly connected: boolean;
}

/** What META says of an upgrade of the boot disk. */
export interface UpgradeState {
  /** The boot entry to which the boot loader goes back if the next boot fails; absent if that is disarmed. */
  readonly fallback?: string;
  /** The installer image of an upgrade that the next boot installs. */
  readonly staged?: string;
}

/** Tells boots of a machine apart: by the kernel's random id, which Talos has since 1.14, else by the time. */
export type Boot =
  | { readonly id: string }
  /** Epoch milliseconds by the clock of the node, which may be corrected after the boot. */
  | { readonly at: number };

/** A system extension of the running image; the Image Factory adds one named `schematic`. */
export interface Extension {
  readonly name: string;
  readonly version: string;
}

export interface NamedVolume extends VolumeStatus {
  /** `EPHEMERAL`, `u-data`, … */
  readonly id: string;
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

/** The definition of a static pod on a node. */
export interface StaticPod {
  /** The id of the resource, such as `kube-apiserver`. */
  readonly id: string;
  readonly namespace: string;
  /** `metadata.name`, to which the kubelet appends the node name. */
  readonly name: string;
  readonly restartPolicy: string;
  /** The image of the first container; `''` if there is none. */
  readonly image: string;
  /** Whether the first container has a readiness probe. Without one, it is ready while its process runs. */
  readonly probed: boolean;
  /** `--secure-port` of the first container, such as that of kube-apiserver. */
  readonly port?: number;
}

/** The status of a static pod, from the kubelet. */
export interface StaticPodStatus {
  /** `namespace/name-nodename`. */
  readonly id: string;
  readonly phase: string;
  readonly ready: boolean;
  /** Why it is not ready, such as `CrashLoopBackOff: back-off 5m0s …`; `''` if it is ready. */
  readonly reason: string;
}

/** A machine, from discovery. */
export interface Member {
  /** Identifies the machine; `''` from a server that does not send it. */
  readonly nodeId: string;
  /** The id of the resource, which is the Kubernetes node name. */
  readonly nodename: string;
  /** May be fully qualified although the Kubernetes node name is short, or the other way round. */
  readonly hostname: string;
  readonly addresses: readonly string[];
  readonly role: 'controlplane' | 'worker';
  readonly operatingSystem: string;
  readonly apiServerPort: number;
}

export interface EtcdMember {
  /** Hexadecimal, as etcd prints it. */
  readonly id: string;
  readonly hostname: string;
  /** Hosts of the peer URLs. */
  readonly peerHosts: readonly string[];
  readonly isLearner: boolean;
}

export interface EtcdStatus {
  readonly memberId: string;
  /** The id of the leader; `''` if there is none. */
  readonly leader: string;
  readonly errors: readonly string[];
  readonly isLearner: boolean;
  /** Bytes of the database: on the disk, and without what a defragmentation would free. */
  readonly database?: { readonly size: number; readonly inUse: number };
  /** The last entry of the raft log that is known to be committed, and the last one that the member has applied. */
  readonly raft?: { readonly index: number; readonly applied: number };
  /** Of etcd, such as `3.6.5`. */
  readonly version?: string;
  /** The version of the schema of its database, such as `3.6.0`; since Talos 1.11. */
  readonly storageVersion?: string;
}

export interface EtcdAlarm {
  readonly memberId: string;
  readonly alarm: string;
}
