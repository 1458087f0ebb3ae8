import { setTimeout as pause } from 'node:timers/promises';
import type { BenchCluster, Command } from './cluster.ts';
import { start } from './processes.ts';
import { quantile, randomNumbers } from './statistics.ts';
import { milliseconds, table, whole } from './table.ts';

type Fault = Omit<Extract<Command, { do: 'fault' }>, 'do'>;

/** Faults whose end changes a Talos resource, which can be watched. */
const watched: readonly Fault[] = [
  { name: 'booting', node: 'worker-1' },
  { name: 'network-unmet', node: 'worker-2' },
  { name: 'kubelet-failed', node: 'worker-1' },
  { name: 'service-failed', node: 'cp-1', args: { service: 'trustd' } },
  { name: 'diagnostic', node: 'worker-2' },
  { name: 'disk-failed', node: 'worker-1' },
  { name: 'node-not-ready', node: 'worker-2' },
  { name: 'node-cordoned', node: 'worker-1' },
  { name: 'node-unregistered', node: 'cp-3' },
  { name: 'cni-missing' },
  { name: 'scheduler-crash-loop', node: 'cp-3' },
  { name: 'apiserver-crash-loop', node: 'cp-2' },
  { name: 'static-pod-crash-loop', node: 'cp-2' },
];

/** Faults whose end only polling finds. */
const polled: readonly Fault[] = [
  { name: 'node-dead', node: 'worker-2' },
  { name: 'node-frozen', node: 'worker-1' },
  { name: 'machined-hung', node: 'worker-2' },
  { name: 'etcd-learner', node: 'cp-2' },
  { name: 'etcd-alarm-nospace', node: 'cp-2' },
  { name: 'etcd-member-unseen', node: 'cp-3' },
  { name: 'low-memory', node: 'worker-1' },
  { name: 'apiserver-readyz-unnoticed', node: 'cp-2' },
];

/** The default of the gate, in milliseconds. A fault ends at a random moment of the interval. */
const retryInterval = 5000;
/** Any fixed number gives the same moments each time. */
const seed = 20;

/** Milliseconds from the end of the fault to the end of the gate's process. */
async function heal(cluster: BenchCluster, fault: Fault, after: number): Promise<number> {
  await cluster.send({ do: 'fault', ...fault });
  const gate = start(['dist/cli.cjs', '--talosconfig', cluster.talosconfig]);
  await gate.hasOutput;
  await pause(after);
  const healedAt = await cluster.send({ do: 'heal' });
  const { code, endedAt, stdout } = await gate.ended;
  if (code !== 0) {
    throw new Error(`the gate did not become healthy after the end of ${fault.name}:\n${stdout}`);
  }
  return endedAt - healedAt;
}

/** Measures the time from the end of a fault, at a random moment, to the verdict. */
export async function heals(cluster: BenchCluster): Promise<string> {
  const random = randomNumbers(seed);
  const rows: string[][] = [];
  for (const { name, faults, count } of [
    { name: 'a resource shows it', faults: watched, count: 50 },
    { name: 'only asking again shows it', faults: polled, count: 24 },
  ]) {
    const taken: number[] = [];
    for (let index = 0; index < count; index += 1) {
      const fault = faults[index % faults.length];
      if (fault !== undefined) {
        taken.push(await heal(cluster, fault, random() * retryInterval));
      }
    }
    rows.push([name, whole(count), ...[0.5, 0.95, 1].map((part) => milliseconds(quantile(taken, part)))]);
  }
  return table(['the end of the fault', 'heals', 'median', '95th percentile', 'longest'], rows);
}
