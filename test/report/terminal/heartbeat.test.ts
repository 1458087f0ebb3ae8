import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Finding } from '../../../src/gate/finding.ts';
import { record } from '../../../src/gate/history.ts';
import { type Moment, waitingLine } from '../../../src/report/terminal/heartbeat.ts';
import { viewOf } from '../../../src/report/view.ts';
import { hostile } from '../../builders/hostile.ts';
import { changeFinding, clusterNode, clusterNodes, kill, passing, snapshotOf } from '../../builders/report.ts';

const nodes = clusterNodes(3, 2);
const healthy = passing(nodes);
const preparing = changeFinding(healthy, 'etcd-service', 'cp-2', { status: 'pending', message: 'etcd is Preparing' });
const minute = 60_000;

const moment = (findings: readonly Finding[] | undefined, overrides: Partial<Moment> = {}): Moment => ({
  view: findings && viewOf({ findings, snapshot: snapshotOf(nodes), history: record(undefined, 0, findings) }),
  startedAt: 0,
  now: 1.5 * minute,
  deadline: 10 * minute,
  ...overrides,
});

test('the line has the elapsed and the remaining time, and the first cause with its duration', () => {
  assert.equal(
    waitingLine(moment(preparing)),
    '⏳ still waiting (1m30s, 8m30s left): cp-2: etcd is Preparing (for 1m30s)',
  );
});

test('before the first round ends the line has no cause', () => {
  assert.equal(
    waitingLine(moment(undefined, { now: 30_000 })),
    '⏳ still waiting (30s, 9m30s left): the first answers',
  );
});

test('without a deadline the line has no remaining time', () => {
  assert.equal(
    waitingLine(moment(undefined, { now: 30_000, deadline: undefined })),
    '⏳ still waiting (30s): the first answers',
  );
});

test('durations are whole seconds and never negative', () => {
  assert.match(waitingLine(moment(preparing, { now: 30_400.5 })), /\(30s, 9m30s left\).*\(for 30s\)$/);
  assert.match(waitingLine(moment(preparing, { now: 11 * minute })), /\(11m, 0s left\).*\(for 11m\)$/);
});

test('causes of etcd and control planes come before those of workers, and after two they are counted', () => {
  const both = kill(preparing, clusterNode('worker-2', '10.0.1.2', 'worker'));
  assert.equal(
    waitingLine(moment(both)),
    '⏳ still waiting (1m30s, 8m30s left): cp-2: etcd is Preparing (for 1m30s); worker-2: 10.0.1.2:50000 refused the connection (for 1m30s)',
  );
  const three = changeFinding(both, 'services', 'worker-1', { status: 'pending', message: 'kubelet is Failed' });
  assert.match(waitingLine(moment(three)), /: cp-2: [^;]+; worker-2: [^;]+; and 1 more cause$/);
});

test('while the cluster has to stay healthy the line says so', () => {
  assert.equal(
    waitingLine(moment(healthy)),
    '⏳ still waiting (1m30s, 8m30s left): every check passes, and has to stay so',
  );
});

test('the same cause on several nodes counts once, since the first of them', () => {
  const first = changeFinding(healthy, 'node-ready', 'cp-1', { status: 'pending', message: 'NotReady' });
  const all = nodes.reduce(
    (findings, { name }) => changeFinding(findings, 'node-ready', name, { status: 'pending', message: 'NotReady' }),
    healthy,
  );
  const history = record(record(undefined, 0, first), minute, all);
  assert.equal(
    waitingLine(moment(undefined, { view: viewOf({ findings: all, snapshot: snapshotOf(nodes), history }) })),
    '⏳ still waiting (1m30s, 8m30s left): cp-1, cp-2, cp-3 and 2 more: not Ready in Kubernetes: its kubelet, its container runtime or its network (CNI) (for 1m30s)',
  );
});

test('texts of nodes stay on the line', () => {
  const line = waitingLine(moment(changeFinding(preparing, 'etcd-service', 'cp-2', { message: hostile })));
  assert.doesNotMatch(line, /##\[|[\p{Cc}\u2028]/u);
});
