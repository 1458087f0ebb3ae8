import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startCluster } from '../../sim/cluster.ts';
import type { Round } from '../../src/gate/rounds.ts';
import { run } from '../builders/run.ts';

/** A gate that waits; `change` runs after the first round, which is not healthy. */
async function waited(talosconfig: string, inputs: Readonly<Record<string, string>>, change: () => Promise<void>) {
  let played: Promise<void> | undefined;
  const onRound = ({ healthy }: Round): void => {
    played ??= healthy ? undefined : change();
  };
  const report = await run(
    { talosconfig, 'rpc-timeout': '500ms', 'wait-timeout': '2m', ...inputs },
    {
      env: {},
      mask: () => undefined,
      openProgress: () => ({ interval: 60_000, onRound, onTime: () => undefined, [Symbol.dispose]: () => undefined }),
      signal: AbortSignal.timeout(50_000),
    },
  );
  await played;
  return { verdict: report.verdict, changed: played !== undefined };
}

/** No test waits this long: an early report proves that a watch triggered it. */
const watched = { 'retry-interval': '1m' };

test('the wait ends if a worker joins', async () => {
  await using cluster = await startCluster({ controlPlanes: 1, workers: 1, spareWorkers: 1 });
  const join = () => cluster.join('worker-2');
  const ending = await waited(cluster.talosconfig('os:reader'), { ...watched, 'expected-workers': '2' }, join);
  assert.deepEqual(ending, { verdict: 'healthy', changed: true });
});

test('the wait ends if a worker leaves', async () => {
  await using cluster = await startCluster({ controlPlanes: 1, workers: 2 });
  const leave = () => cluster.leave('worker-2');
  const ending = await waited(cluster.talosconfig('os:reader'), { ...watched, 'expected-workers': '1' }, leave);
  assert.deepEqual(ending, { verdict: 'healthy', changed: true });
});

test('the wait ends if a worker is switched off, and no other node is at fault', async () => {
  await using cluster = await startCluster({ controlPlanes: 1, workers: 2 });
  const leave = () => cluster.leave('worker-2', { discovered: true });
  const inputs = { 'retry-interval': '50ms', 'expected-workers': '1' };
  const ending = await waited(cluster.talosconfig('os:reader'), inputs, leave);
  assert.deepEqual(ending, { verdict: 'healthy', changed: true });
});

test('a worker that vanishes from discovery counts, unless it answers', async () => {
  for (const [isOff, verdict] of [
    [true, 'unhealthy'],
    [false, 'healthy'],
  ] as const) {
    await using cluster = await startCluster({ controlPlanes: 1, workers: 2 });
    const cordoned = await cluster.fault('node-cordoned', 'worker-1');
    const vanish = async (): Promise<void> => {
      await (isOff ? cluster.leave('worker-2') : cluster.fault('discovery-lost', 'worker-2'));
      await cordoned.heal();
    };
    const inputs = { 'retry-interval': '50ms', 'wait-timeout': isOff ? '3s' : '2m' };
    assert.deepEqual(await waited(cluster.talosconfig('os:reader'), inputs, vanish), { verdict, changed: true });
  }
});
