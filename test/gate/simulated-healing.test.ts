import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { startCluster } from '../../sim/cluster.ts';
import type { FaultArguments } from '../../sim/faults/fault.ts';
import type { FaultName } from '../../sim/faults/faults.ts';
import { logProgress } from '../../src/hosts/progress.ts';
import { run } from '../builders/run.ts';

type Row = readonly [fault: FaultName, node?: string, args?: FaultArguments];

const faults: readonly Row[] = [
  ['low-memory', 'worker-1'],
  ['small-disk', 'worker-2'],
  ['clock-off', 'worker-1'],
  ['network-unmet', 'worker-1'],
  ['bond-port-down', 'cp-2'],
  ['probe-failed', 'worker-1'],
  ['volume-failed', 'worker-1'],
  ['raid-degraded', 'cp-2'],
  ['disk-full', 'worker-2'],
  ['kubespan-peer-down', 'worker-1'],
  ['upgrade-unconfirmed', 'cp-1'],
  ['etcd-nearly-full', 'cp-1'],
  ['etcd-lags', 'cp-3'],
  ['kubeprism-cut-off', 'worker-1'],
  ['kubelet-other-version', 'worker-1'],
  ['kubelet-other-version', 'cp-2'],
];

/** A certificate that was renewed shows on the next connection, and other extensions after the next boot. */
const warnings: readonly Row[] = [
  ['clock-uncertain', 'worker-1'],
  ['time-sync-off', 'cp-2'],
  ['disk-full', 'worker-1', { percent: 90 }],
  ['raid-rebuilding', 'worker-1'],
  ['image-cache-not-ready', 'worker-1'],
  ['siderolink-down', 'worker-1'],
  ['etcd-fragmented', 'cp-2'],
  ['etcd-older-version', 'cp-3'],
  ['other-talos-version', 'worker-1'],
];

const profiles = { default: faults, strict: warnings };

// Concurrently: most of the time is spent waiting.
describe('the gate notices the end of a fault while it waits', { concurrency: 4 }, () => {
  for (const [profile, rows] of Object.entries(profiles)) {
    for (const [fault, node, args] of rows) {
      test(`${fault} on ${node}, with the profile ${profile}`, async () => {
        await using cluster = await startCluster({ controlPlanes: 3, workers: 2 });
        await cluster.fault(fault, node, args);
        const lines: string[] = [];
        const report = await run(
          { talosconfig: cluster.talosconfig('os:reader'), profile, 'wait-timeout': '45s', 'retry-interval': '1s' },
          {
            env: {},
            mask: () => undefined,
            openProgress: (span) =>
              logProgress((line) => {
                lines.push(line);
                if (line.startsWith('⏳')) void cluster.healAll();
              }, span),
            signal: AbortSignal.timeout(50_000),
          },
        );
        assert.equal(report.verdict, 'healthy', lines.join('\n'));
        assert.match(lines.join('\n'), /⏳/);
      });
    }
  }
});
