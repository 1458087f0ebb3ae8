import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { type SimulatedCluster, startCluster } from '../../sim/cluster.ts';
import type { Round } from '../../src/gate/rounds.ts';
import { run } from '../builders/run.ts';

/** Less than `stable-for`: otherwise the last round would observe it. In milliseconds. */
const longestFlap = 1000;

/**
 * The result for a cluster that is healthy, fails once and recovers. Nothing is polled, so only a watch can report it.
 */
async function reasonAfterFlap(
  cluster: SimulatedCluster,
  fault: () => Promise<{ heal(): Promise<void> }>,
  timing: Readonly<Record<'stable-for' | 'wait-timeout', string>> = { 'stable-for': '2s', 'wait-timeout': '2m' },
): Promise<string> {
  const seen = Promise.withResolvers<void>();
  let flap: Promise<void> | undefined;
  async function play(): Promise<void> {
    const flapping = await fault();
    await Promise.race([seen.promise, pause(longestFlap)]);
    await flapping.heal();
  }
  const report = await run(
    {
      talosconfig: cluster.talosconfig('os:reader'),
      'retry-interval': '1m',
      ...timing,
    },
    {
      env: {},
      mask: () => undefined,
      openProgress: () => ({
        interval: 60_000,
        onRound: ({ healthy }: Round) => {
          flap ??= healthy ? play() : undefined;
          if (!healthy) {
            seen.resolve();
          }
        },
        onTime: () => undefined,
        [Symbol.dispose]: () => undefined,
      }),
      signal: AbortSignal.timeout(50_000),
    },
  );
  await flap;
  return `${report.verdict}: ${report.reason}`;
}

test('a short flap of any check that can be watched restarts stable-for', async () => {
  const faults = ['diagnostic', 'disk-failed', 'static-pod-crash-loop'] as const;
  const reasons = faults.map(async (fault) => {
    await using cluster = await startCluster({ controlPlanes: 1, workers: 0 });
    return await reasonAfterFlap(cluster, () => cluster.fault(fault, 'cp-1'));
  });
  for (const reason of await Promise.all(reasons)) {
    assert.match(reason, /^healthy: .*did not stay so, 1 time/);
  }
});

test('the reason names the last fault of a cluster that was not healthy for long enough', async () => {
  await using cluster = await startCluster({ controlPlanes: 1, workers: 0 });
  const timing = { 'stable-for': '4s', 'wait-timeout': '4s' };
  const reason = await reasonAfterFlap(cluster, () => cluster.fault('diagnostic', 'cp-1'), timing);
  assert.match(reason, /^unhealthy: for long enough: .*; the last fault was diagnostics on cp-1: \S/);
});
