import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startCluster } from '../../sim/cluster.ts';
import { documentOf } from '../../src/report/files/json.ts';
import { renderSummary } from '../../src/report/markdown/summary.ts';
import type { Report } from '../../src/report/model.ts';
import { finalText } from '../../src/report/terminal/console.ts';
import { golden } from '../builders/golden.ts';
import { thaw } from '../builders/report-fixtures.ts';
import { run } from '../builders/run.ts';
import { assertValidReport } from '../builders/schema.ts';

/** A time in a message. */
const minute = /\d{4}-\d\d-\d\d \d\d:\d\d UTC/g;

/** Replaces what differs between runs: times, traffic, and ports. */
function reproducible(report: Report, addresses: readonly string[]): Report {
  const fixed: Readonly<Record<string, unknown>> = {
    version: '0.0.0',
    startedAt: '2026-01-02T03:04:05.000Z',
    durationSeconds: 1,
    slowestRoundSeconds: 0.1,
    calls: 100,
    bytes: { sent: 1000, received: 10_000 },
    since: '2026-01-02T03:04:05.000Z',
    at: '2026-01-02T03:04:05.000Z',
  };
  const json = JSON.stringify(documentOf(report), (key, value: unknown) =>
    Object.hasOwn(fixed, key) ? fixed[key] : value,
  );
  const known = addresses.reduce((text, address, index) => text.replaceAll(address, `10.0.0.${index + 1}`), json);
  return thaw(assertValidReport(known.replace(minute, '2026-01-02 03:04 UTC')));
}

test('faults of a simulated cluster are rendered as in the golden files', async () => {
  await using cluster = await startCluster();
  await cluster.fault('node-dead', 'cp-2');
  await cluster.fault('kubelet-failed', 'worker-1');
  const report = await run(
    { talosconfig: cluster.talosconfig('os:admin'), 'wait-timeout': '0', 'rpc-timeout': '30s' },
    {
      env: {},
      mask: () => undefined,
      openProgress: () => ({
        interval: 60_000,
        onRound: () => undefined,
        onTime: () => undefined,
        [Symbol.dispose]: () => undefined,
      }),
      signal: new AbortController().signal,
    },
  );
  const shown = reproducible(
    report,
    cluster.nodes.map(({ address }) => address),
  );
  const summary = renderSummary(shown);
  assert.equal(summary, golden('end-to-end.md', summary));
  const text = finalText(shown);
  assert.equal(text, golden('end-to-end.txt', text));
});
