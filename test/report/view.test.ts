import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Finding } from '../../src/gate/finding.ts';
import { record } from '../../src/gate/history.ts';
import { viewOf } from '../../src/report/view.ts';
import { blockNode, changeFinding, clusterNode, clusterNodes, kill, passing, snapshotOf } from '../builders/report.ts';

const nodes = clusterNodes(1, 2);
const snapshot = snapshotOf(nodes);
const dead = kill(passing(nodes), clusterNode('worker-1', '10.0.1.1', 'worker'));

test('rows: the cluster first, then the nodes with findings, each with its worst status', () => {
  const { rows } = viewOf({ findings: dead.filter(({ node }) => node !== 'worker-2'), snapshot });
  assert.deepEqual(
    rows.map(({ name, role, status }) => [name, role, status]),
    [
      ['cluster', undefined, 'pass'],
      ['cp-1', 'controlplane', 'pass'],
      ['worker-1', 'worker', 'pending'],
    ],
  );
  assert.deepEqual(
    [...(rows[2]?.cells ?? [])].map(([stage, { status }]) => [stage, status]),
    [
      ['connectivity', 'pending'],
      ['readiness', 'blocked'],
      ['nodes', 'blocked'],
      ['static-pods', 'blocked'],
    ],
  );
});

test('causes contain the findings of the view itself, each unresolved or blocked one once', () => {
  const findings = blockNode(
    changeFinding(dead, 'etcd-service', 'cp-1', { status: 'pending' }),
    'cp-1',
    'etcd-service',
  );
  const view = viewOf({ findings, snapshot });
  const held = view.causes.flatMap((cause) => [...cause.findings, ...cause.consequences, ...cause.notJudged]);
  const wrong = view.findings.filter(({ status }) => status !== 'pass');
  assert.equal(held.length, wrong.length);
  assert.deepEqual(new Set(held), new Set(wrong));
});

test('findings and causes have commands with the context, and no secrets', () => {
  const hint = { text: 'Read its log.', commands: ['talosctl -n 10.0.1.2 logs kubelet'] };
  const findings = changeFinding(passing(nodes), 'services', 'worker-2', {
    status: 'pending',
    message: 'kubelet is Failed: token=hunter2hunter3',
    hint,
  });
  const { causes, findings: shown } = viewOf({ findings, snapshot }, 'prod');
  const one = shown.find(({ status }) => status === 'pending');
  assert.equal(one?.message, 'kubelet is Failed: token=(removed)');
  assert.deepEqual(
    causes.map((cause) => [cause.title, cause.hint.commands]),
    [['kubelet is Failed: token=(removed)', ['talosctl -n 10.0.1.2 logs kubelet --context prod']]],
  );
});

test('a view without a snapshot has no causes, and one without a history has no times', () => {
  const view = viewOf({ findings: dead });
  assert.deepEqual([view.causes, view.firstSeen.size], [[], 0]);
  const before: readonly Finding[] = passing(nodes);
  const history = record(record(undefined, 1000, before), 5000, dead);
  const { causes, firstSeen, findings } = viewOf({ findings: dead, snapshot, history });
  assert.deepEqual([causes[0]?.since, [...new Set(findings.map((one) => firstSeen.get(one)))]], [5000, [1000, 5000]]);
});
