import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Finding } from '../../../src/gate/finding.ts';
import { record } from '../../../src/gate/history.ts';
import type { ClusterNode } from '../../../src/observe/members/cluster.ts';
import { inColour, withoutColour } from '../../../src/report/terminal/colour.ts';
import { type Live, liveFrame, type Size } from '../../../src/report/terminal/live.ts';
import { displayWidth } from '../../../src/report/terminal/width.ts';
import { viewOf } from '../../../src/report/view.ts';
import { hostile } from '../../builders/hostile.ts';
import {
  blockNode,
  changeFinding,
  clusterNode,
  clusterNodes,
  kill,
  passing,
  snapshotOf,
} from '../../builders/report.ts';
import { columnMark, FakeTerminal } from '../../builders/terminal.ts';

const five = clusterNodes(3, 2);
const preparing = changeFinding(passing(five), 'etcd-service', 'cp-2', {
  status: 'pending',
  message: 'etcd is Preparing',
});
const wide: Size = { columns: 120, rows: 40 };

function live(nodes: readonly ClusterNode[], findings: readonly Finding[]): Live {
  const view = viewOf({ findings, snapshot: snapshotOf(nodes), history: record(undefined, 0, findings) });
  return { view, rounds: 18, startedAt: 0, now: 90_000, deadline: 600_000 };
}

const frame = (nodes: readonly ClusterNode[], findings: readonly Finding[], size: Size): string[] =>
  liveFrame(live(nodes, findings), size, withoutColour);

test('a frame has nodes and stages, the elapsed time, and the causes', () => {
  const findings = blockNode(preparing, 'cp-2', 'etcd-service');
  assert.deepEqual(frame(five, findings, wide), [
    '          connectivity  readiness  etcd     api-server  control-plane  nodes    static-pods',
    'cluster   ok            -          ok       -           -              -        -',
    'cp-1      ok            ok         ok       ok          ok             ok       ok',
    'cp-2      ok            ok         waiting  blocked     blocked        blocked  blocked',
    'cp-3      ok            ok         ok       ok          ok             ok       ok',
    'worker-1  ok            ok         -        -           -              ok       ok',
    'worker-2  ok            ok         -        -           -              ok       ok',
    '⏳ waiting for 1m30s, 8m30s left, round 18',
    '   cp-2: etcd is Preparing (for 1m30s)',
  ]);
});

test('headings are shorter in a narrow terminal', () => {
  assert.deepEqual(frame(five, preparing, { columns: 72, rows: 24 }).slice(0, 3), [
    '          connect  ready  etcd   api    control  nodes  pods',
    'cluster   ok       -      ok     -      -        -      -',
    'cp-1      ok       ok     ok     ok     ok       ok     ok',
  ]);
});

const thousand = clusterNodes(3, 997);
const crowd = thousand
  .slice(3, 303)
  .reduce(
    kill,
    changeFinding(passing(thousand), 'etcd-service', 'cp-2', { status: 'pending', message: 'etcd is Preparing' }),
  );

test('a thousand nodes keep their columns in a terminal of 80 columns', () => {
  const lines = frame(thousand, crowd, { columns: 80, rows: 24 });
  assert.equal(lines.length, 23);
  assert.deepEqual(
    [...lines.slice(0, 6), ...lines.slice(-6)],
    [
      '                connect  ready    etcd   api    control  nodes    pods',
      'cluster         ok       -        ok     -      -        -        -',
      'control planes  3/3      3/3      2/3    3/3    3/3      3/3      3/3',
      'workers         697/997  697/997  -      -      -        697/997  697/997',
      'cp-2            ok       ok       wait   ok     ok       ok       ok',
      'worker-1        wait     block    -      -      -        block    block',
      'and 288 more',
      '⏳ waiting for 1m30s, 8m30s left, round 18',
      '   cp-2: etcd is Preparing (for 1m30s)',
      '   worker-1: 10.0.1.1:50000 refused the connection (for 1m30s)',
      '   worker-2: 10.0.1.2:50000 refused the connection (for 1m30s)',
      '   and 298 more',
    ],
  );
});

test('cells keep their columns beside a name whose width depends on the terminal', () => {
  const nodes = [clusterNode('cp-…', '10.0.0.1', 'controlplane'), clusterNode('cp-22', '10.0.0.2', 'controlplane')];
  const terminal = new FakeTerminal(120, 40);
  terminal.write(`${frame(nodes, passing(nodes), wide).join('\n')}\n`);
  assert.deepEqual(
    terminal.text
      .split('\n')
      .slice(2, 4)
      .map((line) => line.indexOf('ok')),
    [10, 10],
  );
});

test('stages that are skipped everywhere have no column, and while nothing is wrong this is said', () => {
  const skipped = passing(five).map(
    (finding): Finding => (finding.stage === 'etcd' ? { ...finding, status: 'skip', message: 'no etcd' } : finding),
  );
  const lines = frame(five, skipped, wide);
  assert.equal(lines[0], '          connectivity  readiness  api-server  control-plane  nodes    static-pods');
  assert.equal(lines.at(-1), '   every check passes, and has to stay so');
});

test('a terminal too narrow for the table has one line per stage', () => {
  assert.deepEqual(frame(five, preparing, { columns: 45, rows: 24 }), [
    '✅ connectivity: 7 pass',
    '✅ readiness: 10 pass',
    '⏳ etcd: 1 waiting, 3 pass',
    '✅ api-server: 3 pass',
    '✅ control-plane: 3 pass',
    '✅ nodes: 5 pass',
    '✅ static-pods: 5 pass',
    '⏳ waiting for 1m30s, 8m30s left, round 18',
    '   cp-2: etcd is Preparing (for 1m30s)',
  ]);
});

test('many nodes are counted, and only unhealthy ones have a row', () => {
  const hundred = clusterNodes(3, 97);
  const dead = kill(passing(hundred), clusterNode('worker-42', '10.0.1.42', 'worker'));
  assert.deepEqual(frame(hundred, dead, wide), [
    '                connectivity  readiness  etcd     api-server  control-plane  nodes    static-pods',
    'cluster         ok            -          ok       -           -              -        -',
    'control planes  3/3           3/3        3/3      3/3         3/3            3/3      3/3',
    'workers         96/97         96/97      -        -           -              96/97    96/97',
    'worker-42       waiting       blocked    -        -           -              blocked  blocked',
    '⏳ waiting for 1m30s, 8m30s left, round 18',
    '   worker-42: 10.0.1.42:50000 refused the connection (for 1m30s)',
  ]);
});

test('nodes are counted if the terminal has too few rows', () => {
  assert.deepEqual(frame(five, preparing, { columns: 120, rows: 8 }).slice(1), [
    'cluster         ok            -          ok       -           -              -        -',
    'control planes  3/3           3/3        2/3      3/3         3/3            3/3      3/3',
    'workers         2/2           2/2        -        -           -              2/2      2/2',
    'cp-2            ok            ok         waiting  ok          ok             ok       ok',
    '⏳ waiting for 1m30s, 8m30s left, round 18',
    '   cp-2: etcd is Preparing (for 1m30s)',
  ]);
});

test('before the first round there is only the elapsed time', () => {
  const nothing: Live = { view: undefined, rounds: 0, startedAt: 0, now: 0, deadline: undefined };
  assert.deepEqual(liveFrame(nothing, wide, withoutColour), ['⏳ waiting for 0s, asking the cluster']);
});

test('causes after the first three are counted', () => {
  const all = ['credentials', 'topology', 'etcd-quorum'].reduce(
    (findings, check) =>
      changeFinding(findings, check, undefined, { status: 'pending', message: `${check} is not well` }),
    preparing,
  );
  assert.deepEqual(frame(five, all, wide).slice(-4), [
    '   talosconfig: credentials is not well (for 1m30s)',
    '   topology is not well (for 1m30s)',
    '   cp-2: etcd is Preparing (for 1m30s)',
    '   and 1 more',
  ]);
});

test('colours do not change the text', () => {
  const painted = liveFrame(live(five, preparing), wide, inColour);
  assert.ok(painted.some((line) => line.includes('\u001b[33mwaiting')));
  assert.deepEqual(
    painted.map((line) => displayWidth(line)),
    frame(five, preparing, wide).map((line) => displayWidth(line)),
  );
});

const crowds = [
  [five, preparing],
  [clusterNodes(3, 97), clusterNodes(3, 97).reduce(kill, passing(clusterNodes(3, 97)))],
  [
    [clusterNode(hostile, hostile, 'worker'), clusterNode('節点'.repeat(30), '10.0.0.1', 'controlplane')],
    kill(
      passing([clusterNode(hostile, hostile, 'worker'), clusterNode('節点'.repeat(30), '10.0.0.1', 'controlplane')]),
      clusterNode(hostile, hostile, 'worker'),
    ),
  ],
] as const;

test('frames fit their terminal and contain no control characters', () => {
  for (const [nodes, findings] of crowds) {
    for (const columns of [1, 2, 10, 39, 40, 60, 79, 80, 100, 200]) {
      for (const rows of [1, 2, 3, 5, 8, 10, 24, 50]) {
        const lines = frame(nodes, findings, { columns, rows });
        assert.ok(lines.length >= 1 && lines.length <= Math.max(1, rows - 1), `${lines.length} of ${rows} rows`);
        for (const line of lines) {
          assert.ok(displayWidth(line) < Math.max(2, columns), `${columns}: ${line}`);
          assert.doesNotMatch(line.replaceAll(columnMark, ''), /[\p{Cc}\u202e\u200b]/u);
        }
      }
    }
  }
});
