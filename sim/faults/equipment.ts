import type { Equipment, NetworkPart } from '../model/equipment.ts';
import { updateNode } from '../model/state.ts';
import { clusterFault, type Fault, type FaultArguments, nodeFault } from './fault.ts';

function equipmentFault(
  description: string,
  change: (equipment: Equipment, args: FaultArguments) => Partial<Equipment>,
): Fault {
  return nodeFault(description, (node, args) => ({
    ...node,
    equipment: { ...node.equipment, ...change(node.equipment, args) },
  }));
}

const raid = { id: 'data', status: 'ready', error: '', members: 2, raidDevices: 2, syncAction: 'idle' } as const;

/** Faults of the clock, the network and the disks of a machine. */
export const equipmentFaults = {
  'clock-off': equipmentFault(
    'The clock of the machine is ahead of the right time (milliseconds; 60000; negative: behind).',
    ({ clock }, args) => ({ clock: { ...clock, aheadMs: args.milliseconds ?? 60_000 } }),
  ),
  'clock-uncertain': equipmentFault('No time server has corrected the clock for hours.', ({ clock }) => ({
    clock: { ...clock, isUncorrected: true },
  })),
  'time-sync-off': equipmentFault('The configuration switches the synchronisation of time off.', ({ clock }) => ({
    clock: { ...clock, syncDisabled: true },
  })),
  'time-server-unreachable': equipmentFault(
    'The time server of the machine does not answer it any more (reason).',
    ({ clock }, args) => ({
      clock: { ...clock, serverError: args.reason ?? 'lookup time.cloudflare.com on 10.0.0.1:53: connection refused' },
    }),
  ),
  'network-unmet': equipmentFault(
    'The network is not up: Talos waits for connectivity, or for another part (part; connectivityReady).',
    ({ networkLacks }, args) => ({
      networkLacks: [...networkLacks, (args.part ?? 'connectivityReady') as NetworkPart],
    }),
  ),
  'bond-port-down': equipmentFault('One of two ports of a bond is down.', () => ({
    links: [
      { name: 'eth0', index: 8, up: true, bond: 10 },
      { name: 'eth1', index: 9, up: false, bond: 10 },
    ],
  })),
  'probe-failed': equipmentFault('A probe of the machine configuration fails (id, message).', ({ probes }, args) => ({
    probes: [
      ...probes,
      {
        id: args.id ?? 'tcp:proxy.example.com:3128',
        error: args.message ?? 'dial tcp 192.0.2.1:3128: connect: connection refused',
      },
    ],
  })),
  'volume-failed': equipmentFault('A user volume could not be set up (id, message).', ({ volumes }, args) => ({
    volumes: [
      ...volumes,
      {
        id: args.id ?? 'u-data',
        phase: 'failed',
        sizeMiB: 0,
        error: args.message ?? 'no disks matched for volume: 1 have not enough space',
      },
    ],
  })),
  'volume-key-not-stored': equipmentFault('A key of an encrypted user volume could not be stored.', ({ volumes }) => ({
    volumes: [
      ...volumes,
      { id: 'u-data', phase: 'ready', sizeMiB: 10_240, error: '', failedKeys: ['error syncing key in slot 1'] },
    ],
  })),
  'disk-full': equipmentFault('A file system is almost full (part, percent; /var, 97).', ({ used }, args) => ({
    used: { ...used, [args.part ?? '/var']: args.percent ?? 97 },
  })),
  'raid-degraded': equipmentFault('A RAID lacks one of its two disks.', () => ({ arrays: [{ ...raid, members: 1 }] })),
  'raid-rebuilding': equipmentFault('A RAID is being rebuilt.', () => ({
    arrays: [{ ...raid, status: 'rebuilding', syncAction: 'recover' }],
  })),
  'raid-waiting': equipmentFault('A RAID was never made: Talos finds one disk of two.', () => ({
    arrays: [
      {
        ...raid,
        status: 'waiting',
        error: 'waiting for enough member disks: matched 1, required 2',
        members: 1,
        raidDevices: 0,
      },
    ],
  })),
  'raid-failed': equipmentFault('A RAID cannot be assembled (message).', (_equipment, args) => ({
    arrays: [
      {
        ...raid,
        status: 'error',
        error: args.message ?? 'array reported as existing but device could not be resolved (may be inactive)',
        raidDevices: 0,
      },
    ],
  })),
  'raid-growing': equipmentFault('A RAID is being rebuilt, and Talos waits for that to add another disk.', () => ({
    arrays: [
      {
        ...raid,
        status: 'rebuilding',
        error: 'waiting for MD array sync to finish: md: resync or recovery in progress',
        syncAction: 'recover',
      },
    ],
  })),
  'raid-checked': equipmentFault('A RAID is compared disk by disk, as it is every month: that is no fault.', () => ({
    arrays: [{ ...raid, status: 'rebuilding', syncAction: 'check' }],
  })),
  'lvm-invalid': equipmentFault(
    'LVM cannot make a logical volume as the configuration asks for (message).',
    (_, args) => ({
      lvmErrors: [
        {
          id: 'vg-pool/lv-stripe',
          message: args.message ?? 'volume group has too few physical volumes for the requested layout',
        },
      ],
    }),
  ),
  'volume-group-partial': equipmentFault('A volume group of LVM lacks a disk.', () => ({
    volumeGroups: [{ name: 'vg0', missingDisks: 1 }],
  })),
  'image-cache-not-ready': equipmentFault('The image cache is switched on, and not ready.', () => ({
    imageCache: { status: 'preparing', copy: 'skipped' },
  })),
  'image-cache-copying': equipmentFault('Images are still being copied to the image cache.', () => ({
    imageCache: { status: 'ready', copy: 'copying' },
  })),
  'kubespan-on': clusterFault('KubeSpan connects the machines: that is no fault.', (state) => ({
    ...state,
    kubeSpan: true,
  })),
  'kubespan-peer-down': {
    target: 'node',
    description: 'KubeSpan is on, and does not reach another machine from this one (member; the first other).',
    apply: (state, name, args) => {
      const peer = args.member ?? state.nodes.find((node) => node.name !== name)?.name ?? name;
      return updateNode({ ...state, kubeSpan: true }, name, (node) => ({
        ...node,
        equipment: { ...node.equipment, kubeSpanDown: [...node.equipment.kubeSpanDown, peer] },
      }));
    },
  } satisfies Fault,
  'siderolink-down': equipmentFault('The tunnel to the SideroLink API is down.', () => ({
    siderolink: { host: 'omni.example.com', connected: false },
  })),
} as const;
