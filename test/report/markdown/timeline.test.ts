import assert from 'node:assert/strict';
import { test } from 'node:test';
import { timeline } from '../../../src/report/markdown/timeline.ts';
import { unreachable, withFaults } from '../../builders/faults.ts';
import { reportAfter } from '../../builders/report.ts';
import { withoutCni } from '../../builders/scenarios.ts';
import { healthySnapshot } from '../../builders/snapshot.ts';

const well = healthySnapshot();

test('one bar per stage: healthy from the start, healthy at the end, not healthy at the end', () => {
  const dead = withFaults(well, unreachable('worker-1'), unreachable('cp-2'));
  const report = reportAfter([dead, withFaults(well, withoutCni), withFaults(well, withoutCni)], 90_000, { rounds: 3 });
  assert.deepEqual(
    timeline(report).map(({ text }) => text.split('\n')),
    [
      [
        '<details>',
        '<summary>Timeline: how it converged</summary>',
        '',
        '```mermaid',
        'gantt',
        'title Stages until they were well (UTC)',
        'dateFormat YYYY-MM-DD HH:mm:ss',
        'axisFormat %H:%M:%S',
        'tickInterval 30second',
        'connectivity, well in the end :done, 2026-01-02 03:04:05, 30000ms',
        'readiness, well in the end :done, 2026-01-02 03:04:05, 30000ms',
        'etcd, well in the end :done, 2026-01-02 03:04:05, 30000ms',
        'api-server, well in the end :done, 2026-01-02 03:04:05, 30000ms',
        'control-plane, well in the end :done, 2026-01-02 03:04:05, 30000ms',
        'nodes, not well at the end :crit, 2026-01-02 03:04:05, 90000ms',
        'static-pods, well in the end :done, 2026-01-02 03:04:05, 30000ms',
        '```',
        '',
        '</details>',
      ],
    ],
  );
});

test('a stage that was always healthy is a milestone at the start', () => {
  const report = reportAfter([withFaults(well, withoutCni), well], 4000, { rounds: 2 });
  assert.match(
    timeline(report)[0]?.text ?? '',
    /^etcd, healthy from the start :milestone, done, 2026-01-02 03:04:05, 1ms$/m,
  );
  assert.match(timeline(report)[0]?.text ?? '', /^nodes, well in the end :done, 2026-01-02 03:04:05, 2000ms$/m);
});

test('a single round, or one in which everything passes, has no timeline', () => {
  assert.deepEqual(timeline(reportAfter([withFaults(well, withoutCni)], 400, { rounds: 1 })), []);
  assert.deepEqual(timeline(reportAfter([well, well], 9000, { rounds: 2 })), []);
});
