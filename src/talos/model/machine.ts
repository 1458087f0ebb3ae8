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
