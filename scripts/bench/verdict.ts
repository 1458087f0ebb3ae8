import { openCluster } from './cluster.ts';
import { type Run, run } from './processes.ts';
import { median } from './statistics.ts';
import { milliseconds, table, times, whole } from './table.ts';

/** The sizes of the clusters, and the number of measurements of each. */
const sizes = [
  { nodes: 3, rounds: 15 },
  { nodes: 10, rounds: 15 },
  { nodes: 100, rounds: 9 },
  { nodes: 1000, rounds: 5 },
];
const controlPlanes = 3;
/** The latencies of each call, in milliseconds. */
const latencies = [0, 20];

/** Measures whole processes on a healthy cluster. */
export async function healthyVerdict(floor: string): Promise<string> {
  const rows: string[][] = [];
  for (const { nodes, rounds } of sizes) {
    await using cluster = await openCluster(controlPlanes, nodes - controlPlanes);
    for (const latency of latencies) {
      await cluster.send({ do: 'latency', milliseconds: latency });
      const gates: Run[] = [];
      const floors: Run[] = [];
      for (let round = 0; round < rounds; round += 1) {
        gates.push(await run(['dist/cli.cjs', '--talosconfig', cluster.talosconfig, '--quiet']));
        floors.push(await run([floor, cluster.floor]));
      }
      rows.push(row(nodes, latency, gates, floors));
    }
  }
  return table(
    ['nodes', 'latency of a call', 'verdict', 'floor', 'ratio', 'CPU', "floor's CPU", 'peak memory', "floor's peak"],
    rows,
  );
}

function row(nodes: number, latency: number, gates: readonly Run[], floors: readonly Run[]): string[] {
  const of = (runs: readonly Run[], measure: 'wall' | 'cpu' | 'peak'): number =>
    median(runs.map((process) => process[measure]));
  return [
    whole(nodes),
    `${latency} ms`,
    milliseconds(of(gates, 'wall')),
    milliseconds(of(floors, 'wall')),
    times(of(gates, 'wall') / of(floors, 'wall')),
    milliseconds(of(gates, 'cpu')),
    milliseconds(of(floors, 'cpu')),
    `${whole(of(gates, 'peak'))} MiB`,
    `${whole(of(floors, 'peak'))} MiB`,
  ];
}
