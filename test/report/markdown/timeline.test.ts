import assert from 'node:assert/strict';
import { test } from 'node:test';
import { timeline } from '../../../src/report/markdown/timeline.ts';
import { etcdHung, unreachable, withFaults } from '../../builders/faults.ts';
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
        '<summary>What happened: cp-1, cp-2 and 3 more: no node is Ready: the network plugin (CNI) is missing or does not work, from the start</summary>',
        '',
        '```mermaid',
        'gantt',
        'title Stages until they were healthy (UTC)',
        'dateFormat YYYY-MM-DD HH:mm:ss',
        'axisFormat %H:%M:%S',
        'tickInterval 30second',
        'connectivity, healthy at the end :done, 2026-01-02 03:04:05, 30000ms',
        'readiness, healthy at the end :done, 2026-01-02 03:04:05, 30000ms',
        'etcd, healthy at the end :done, 2026-01-02 03:04:05, 30000ms',
        'api-server, healthy at the end :done, 2026-01-02 03:04:05, 30000ms',
        'control-plane, healthy at the end :done, 2026-01-02 03:04:05, 30000ms',
        'nodes, not healthy at the end :crit, 2026-01-02 03:04:05, 90000ms',
        'static-pods, healthy at the end :done, 2026-01-02 03:04:05, 30000ms',
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
  assert.match(timeline(report)[0]?.text ?? '', /^nodes, healthy at the end :done, 2026-01-02 03:04:05, 2000ms$/m);
});

test('a single round, or one in which everything passes, has no timeline', () => {
  assert.deepEqual(timeline(reportAfter([withFaults(well, withoutCni)], 400, { rounds: 1 })), []);
  assert.deepEqual(timeline(reportAfter([well, well], 9000, { rounds: 2 })), []);
});

const summaryOf = (...args: Parameters<typeof reportAfter>): string =>
  /<summary>(.*)<\/summary>/.exec(timeline(reportAfter(...args))[0]?.text ?? '')?.[1] ?? '';

test('what happened: when the stages became healthy', () => {
  const dead = withFaults(well, unreachable('worker-1'));
  assert.equal(
    summaryOf([dead, withFaults(well, withoutCni), well], 90_000, { rounds: 3 }),
    'What happened: connectivity, readiness, api-server, static-pods healthy at +30s; nodes healthy at +1m',
  );
});

test('what happened: when the causes began, the first ones first', () => {
  const one = withFaults(well, unreachable('worker-1'));
  const two = withFaults(one, etcdHung('cp-2'));
  assert.match(
    summaryOf([one, two, two], 90_000, { rounds: 3, verdict: 'unhealthy' }),
    /^What happened: worker-1: the worker node is down .*, from the start; cp-2: etcd .*, since \+30s$/,
  );
});
