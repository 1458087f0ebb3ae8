import { openCluster } from './cluster.ts';
import { start } from './processes.ts';
import { table, whole } from './table.ts';

const nodes = 100;
const controlPlanes = 3;

/** The measured durations of a wait and the extrapolated one, in seconds. */
const short = 30;
const long = 90;
const extrapolated = 600;

interface Usage {
  readonly calls: number;
  readonly received: number;
}

async function usageOf(talosconfig: string, ...flags: readonly string[]): Promise<Usage> {
  const args = ['dist/cli.cjs', '--talosconfig', talosconfig, '--output', 'json', '--quiet', ...flags];
  const { calls, bytes } = JSON.parse((await start(args).ended).stdout);
  return { calls, received: bytes.received };
}

function scale(first: number, second: number): number {
  return second + ((second - first) / (long - short)) * (extrapolated - long);
}

const row = (what: string, { calls, received }: Usage): string[] => [
  what,
  whole(calls),
  (calls / nodes).toFixed(1),
  whole(received / 1024),
  (received / 1024 / nodes).toFixed(1),
];

/** Measures the calls and bytes of runs on 100 nodes. */
export async function cost(): Promise<string> {
  await using cluster = await openCluster(controlPlanes, nodes - controlPlanes);
  const { talosconfig } = cluster;
  const healthy = await usageOf(talosconfig);
  await cluster.send({ do: 'fault', name: 'kubelet-failed', node: 'worker-50' });
  const first = await usageOf(talosconfig, '--wait-timeout', `${short}s`);
  const second = await usageOf(talosconfig, '--wait-timeout', `${long}s`);
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
