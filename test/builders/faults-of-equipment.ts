import type { NetworkStatus } from '../../src/talos/model/network.ts';
import type { RaidArray } from '../../src/talos/model/storage.ts';
import { type Fault, facetFailed, onNode } from './faults.ts';
import type { SingleFault } from './single-faults.ts';
import { ok } from './snapshot.ts';

const MiB = 1024 * 1024;

/** The clock of the node is ahead of this machine by so much; negative: behind. In milliseconds, with a network delay of 20. */
export function clockIs(node: string, ahead: number): Fault {
  const time = { ahead: { least: ahead - 10, most: ahead + 10 }, aheadOfServer: ahead, server: 'time.cloudflare.com' };
  return onNode(node, () => ({ time: ok(time) }));
}

/** So many MiB of a file system with 100,000 are left. */
export function leftOf(node: string, path: string, left: number): Fault {
  return onNode(node, ({ mounts }) => {
    const others = mounts.ok ? mounts.value.filter((mount) => mount.path !== path) : [];
    return { mounts: ok([...others, { path, source: `/dev/of${path}`, size: 100_000 * MiB, available: left * MiB }]) };
  });
}

export function volumeIs(node: string, id: string, phase: 'failed' | 'missing' | 'waiting', errorMessage = ''): Fault {
  return onNode(node, ({ volumes }) => ({
    volumes: ok([...(volumes.ok ? volumes.value : []), { id, phase, errorMessage, size: 0 }]),
  }));
}

export function arrayIs(node: string, overrides: Partial<RaidArray>): Fault {
  const array: RaidArray = {
    id: 'data',
    phase: 'ready',
    error: '',
    members: 2,
    raidDevices: 2,
    arrayState: 'clean',
    syncAction: 'idle',
    ...overrides,
  };
  return onNode(node, () => ({ storage: ok({ arrays: [array], problems: [] }) }));
}

export function networkLacks(node: string, ...parts: readonly (keyof NetworkStatus)[]): Fault {
  return onNode(node, ({ network }) => ({
    network: network.ok ? ok({ ...network.value, ...Object.fromEntries(parts.map((part) => [part, false])) }) : network,
  }));
}

export const probeFails = (node: string): Fault =>
  onNode(node, () => ({
    probes: ok([{ id: 'tcp:proxy.example.com:3128', success: false, lastError: 'connection refused' }]),
  }));

/** The machine: its clock, its network and its disks. */
export const equipmentFaults: readonly SingleFault[] = [
  {
    name: 'KubeSpan does not reach a peer',
    check: 'kubespan',
    node: 'worker-1',
    fault: onNode('worker-1', () => ({ kubeSpanPeers: ok([{ id: 'a key', label: '', state: 'down' }]) })),
  },
  { name: 'clock ahead', check: 'clock', node: 'worker-1', fault: clockIs('worker-1', 60_000) },
  { name: 'time not answered', check: 'clock', node: 'cp-3', fault: facetFailed('cp-3', 'time') },
  { name: 'full /var', check: 'disk-usage', node: 'cp-1', fault: leftOf('cp-1', '/var', 4000) },
  {
    name: 'file systems not answered',
    check: 'disk-usage',
    node: 'worker-2',
    fault: facetFailed('worker-2', 'mounts'),
  },
  {
    name: 'user volume failed',
    check: 'volumes',
    node: 'worker-2',
    fault: volumeIs('worker-2', 'u-data', 'failed', 'no disks matched'),
  },
  { name: 'degraded RAID', check: 'volumes', node: 'worker-1', fault: arrayIs('worker-1', { members: 1 }) },
  { name: 'RAID not answered', check: 'volumes', node: 'cp-2', fault: facetFailed('cp-2', 'storage') },
  {
    name: 'no default route',
    check: 'network',
    node: 'worker-1',
    fault: networkLacks('worker-1', 'connectivityReady'),
  },
  {
    name: 'port of a bond down',
    check: 'network',
    node: 'cp-2',
    fault: onNode('cp-2', () => ({
      links: ok([
        { name: 'eth0', isDown: false, bond: 7 },
        { name: 'eth1', isDown: true, bond: 7 },
      ]),
    })),
  },
  { name: 'probe fails', check: 'probes', node: 'worker-2', fault: probeFails('worker-2') },
];
