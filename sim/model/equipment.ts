import type { Ephemeral, NodeState } from './node-state.ts';

/** What is to be seen of the machine itself: its clock, its network and its disks. */
export interface Equipment {
  readonly clock: Clock;
  /** Parts of the network that Talos does not find ready, by their name in YAML. */
  readonly networkLacks: readonly NetworkPart[];
  readonly links: readonly Link[];
  /** Probes of the machine configuration. */
  readonly probes: readonly Probe[];
  /** Besides EPHEMERAL, META and STATE. */
  readonly volumes: readonly Volume[];
  /** In percent, by the path of the file system. */
  readonly used: Readonly<Record<string, number>>;
  readonly arrays: readonly RaidArray[];
  readonly volumeGroups: readonly VolumeGroup[];
  /** What Talos cannot do of what the configuration asks of LVM. */
  readonly lvmErrors: readonly LvmError[];
  /** Absent: the configuration does not switch it on. */
  readonly imageCache?: { readonly status: 'preparing' | 'ready'; readonly copy: 'skipped' | 'copying' | 'ready' };
  /** Names of the nodes that KubeSpan does not reach from here, although they are up. */
  readonly kubeSpanDown: readonly string[];
  /** Absent: nothing names a SideroLink API. */
  readonly siderolink?: { readonly host: string; readonly connected: boolean };
}

interface Clock {
  /** Milliseconds by which it is ahead of the right time; negative: behind. */
  readonly aheadMs: number;
  readonly syncDisabled: boolean;
  /** No time server has corrected it for hours. */
  readonly isUncorrected: boolean;
  /** Why the time server does not answer the node; absent if it does. */
  readonly serverError?: string;
}

export type NetworkPart = 'addressReady' | 'connectivityReady' | 'hostnameReady' | 'etcFilesReady';

interface Link {
  readonly name: string;
  readonly index: number;
  readonly up: boolean;
  /** The index of the bond of which it is a port. */
  readonly bond?: number;
}

interface Probe {
  readonly id: string;
  /** Empty if it succeeds. */
  readonly error: string;
}

interface Volume extends Ephemeral {
  readonly id: string;
  readonly failedKeys?: readonly string[];
}

interface RaidArray {
  readonly id: string;
  readonly status: 'waiting' | 'rebuilding' | 'ready' | 'error';
  readonly error: string;
  readonly members: number;
  readonly raidDevices: number;
  readonly syncAction: 'idle' | 'recover' | 'check';
}

interface VolumeGroup {
  readonly name: string;
  readonly missingDisks: number;
}

interface LvmError {
  /** `group/volume`. */
  readonly id: string;
  readonly message: string;
}

export const healthyEquipment: Equipment = {
  clock: { aheadMs: 0, syncDisabled: false, isUncorrected: false },
  networkLacks: [],
  links: [{ name: 'eth0', index: 8, up: true }],
  probes: [],
  volumes: [],
  used: { '/var': 20 },
  arrays: [],
  kubeSpanDown: [],
  volumeGroups: [],
  lvmErrors: [],
};

/** What the network of a machine lacks, in the order and words of Talos. A failing probe costs the connectivity. */
const networkParts: readonly (readonly [NetworkPart, string])[] = [
  ['addressReady', 'address'],
  ['connectivityReady', 'connectivity'],
  ['etcFilesReady', 'etc-files'],
  ['hostnameReady', 'hostname'],
];

export function isNetworkReady({ equipment }: NodeState, part: NetworkPart): boolean {
  const probesSucceed = equipment.probes.every(({ error }) => error === '');
  return !equipment.networkLacks.includes(part) && (part !== 'connectivityReady' || probesSucceed);
}

/** The words of the parts that are not ready. */
export function networkWaitsFor(node: NodeState): readonly string[] {
  return networkParts.filter(([part]) => !isNetworkReady(node, part)).map(([, word]) => word);
}
