import { openCluster } from './cluster.ts';
import { start } from './processes.ts';
import { table, whole } from './table.ts';

const nodes = 100;
const controlPlanes = 3;

/** Waits that are run in full, in seconds; longer ones are extrapolated from the second. */
const short = 30;
const long = 90;
const scaledTo = 600;

interface Spent {
  readonly calls: number;
  readonly received: number;
}

async function spentBy(talosconfig: string, ...flags: readonly string[]): Promise<Spent> {
  const args = ['dist/cli.cjs', '--talosconfig', talosconfig, '--output', 'json', '--quiet', ...flags];
  const { calls, bytes } = JSON.parse((await start(args).ended).stdout);
  return { calls, received: bytes.received };
}

function scale(first: number, second: number): number {
  return second + ((second - first) / (long - short)) * (scaledTo - long);
}

const row = (what: string, { calls, received }: Spent): string[] => [
  what,
  whole(calls),
  (calls / nodes).toFixed(1),
  whole(received / 1024),
  (received / 1024 / nodes).toFixed(1),
];

/** Calls and bytes of a run on 100 nodes. */
export async function cost(): Promise<string> {
  await using cluster = await openCluster(controlPlanes, nodes - controlPlanes);
  const { talosconfig } = cluster;
  const healthy = await spentBy(talosconfig);
  await cluster.tell({ do: 'fault', name: 'kubelet-failed', node: 'worker-50' });
  const first = await spentBy(talosconfig, '--wait-timeout', `${short}s`);
  const second = await spentBy(talosconfig, '--wait-timeout', `${long}s`);
  const scaled = {
    calls: scale(first.calls, second.calls),
    received: scale(first.received, second.received),
  };
  return table(
    ['', 'calls', 'a node', 'KiB received', 'a node'],
    [
      row('healthy', healthy),
      row(`one broken node, waited for ${long} s`, second),
      row(`the same for ten minutes (scaled from ${short} s and ${long} s)`, scaled),
    ],
  );
}
