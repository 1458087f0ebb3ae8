import assert from 'node:assert/strict';
import { test } from 'node:test';
import { diagnose } from '../../src/diagnosis/diagnose.ts';
import { evaluate } from '../../src/gate/evaluate.ts';
import { type History, record } from '../../src/gate/history.ts';
import { options } from '../builders/evaluate.ts';
import { all, etcdStopped, type Fault, onNode, serviceIs, stage, unreachable, withFaults } from '../builders/faults.ts';
import {
  apiServersStarting,
  endpointsAre,
  failing,
  lostQuorum,
  notBootstrapped,
  withoutCni,
} from '../builders/scenarios.ts';
import { healthySnapshot, ok } from '../builders/snapshot.ts';

const healthy: Fault = (snapshot) => snapshot;

/** The causes of the last of these rounds, which are ten seconds apart, and when they began, in seconds. */
function sinceWhen(...rounds: readonly Fault[]): readonly string[] {
  const snapshots = rounds.map((fault) => withFaults(healthySnapshot(), fault));
  const findings = snapshots.map((snapshot) => evaluate(snapshot, options));
  const history = findings.reduce<History | undefined>(
    (before, found, index) => record(before, index * 10_000, found),
    undefined,
  );
  const last = snapshots.at(-1);
  assert(last && history);
  return diagnose(findings.at(-1) ?? [], last, history).map(
    ({ id, nodes, since = Number.NaN }) => `${id} ${nodes.join()} ${since / 1000}`,
  );
}

const cordoned = (name: string): Fault =>
  onNode(name, () => ({ nodeStatuses: ok([{ nodename: name, ready: true, unschedulable: true }]) }));
const notReady = (name: string): Fault =>
  onNode(name, () => ({ nodeStatuses: ok([{ nodename: name, ready: false, unschedulable: false }]) }));
const kubeletDown = (name: string): Fault =>
  serviceIs(name, 'kubelet', { state: 'Failed', health: 'unknown', lastEvent: 'Failed to run pre stage' });

test('a cause begins in the first round that has it, and again after a healthy round', () => {
  const dead = unreachable('worker-1');
  assert.deepEqual(sinceWhen(healthy, dead, dead), ['dead-worker worker-1 10']);
  assert.deepEqual(sinceWhen(dead, healthy, dead), ['dead-worker worker-1 20']);
});

test('a node that answers again but is not healthy has been unhealthy since it stopped answering', () => {
  const dead = unreachable('worker-1');
  assert.deepEqual(sinceWhen(healthy, dead, dead, kubeletDown('worker-1')), ['kubelet-down worker-1 10']);
});

test('a reboot has one start: shutting down, silent, booting, kubelet not running, not Ready', () => {
  const steps = [
    stage('worker-1', 'shutting down'),
    unreachable('worker-1'),
    stage('worker-1', 'booting'),
    kubeletDown('worker-1'),
    notReady('worker-1'),
  ];
  for (const [index, step] of steps.entries()) {
    const [cause = ''] = sinceWhen(healthy, ...steps.slice(0, index), step);
    assert.match(cause, / worker-1 10$/, `step ${index}: ${cause}`);
  }
  assert.deepEqual(sinceWhen(...steps, healthy), []);
});

test('a symptom that appears when the previous one ends keeps its start', () => {
  assert.deepEqual(sinceWhen(healthy, etcdStopped('cp-2'), cordoned('cp-2')), ['node-schedulable cp-2 10']);
});

test('two faults of one node have separate starts, and the second keeps its own when the first ends', () => {
  const etcd = etcdStopped('cp-2');
  const both = all(etcd, cordoned('cp-2'));
  assert.deepEqual(sinceWhen(etcd, both), ['etcd-down cp-2 0', 'node-schedulable cp-2 10']);
  assert.deepEqual(sinceWhen(etcd, both, cordoned('cp-2')), ['node-schedulable cp-2 10']);
  assert.deepEqual(sinceWhen(cordoned('cp-2'), both, etcd), ['etcd-down cp-2 10']);
});

test('a cause on several nodes begins with the first of them; faults of other nodes do not count', () => {
  const one = kubeletDown('worker-1');
  assert.deepEqual(sinceWhen(one, all(one, kubeletDown('worker-2'))), ['kubelet-down worker-1,worker-2 0']);
  assert.deepEqual(sinceWhen(one, all(one, unreachable('worker-2'))), [
    'dead-worker worker-2 10',
    'kubelet-down worker-1 0',
  ]);
  assert.deepEqual(sinceWhen(one, kubeletDown('worker-2')), ['kubelet-down worker-2 10']);
});

test('consequences of a cause on other nodes do not change its start', () => {
  const [cause] = sinceWhen(unreachable('cp-2'), lostQuorum);
  assert.equal(cause, 'dead-control-plane cp-2,cp-3 0');
  assert.deepEqual(sinceWhen(cordoned('worker-1'), all(cordoned('worker-1'), lostQuorum)).slice(0, 1), [
    'dead-control-plane cp-2,cp-3 10',
  ]);
});

test('the causes during a bootstrap begin at its start', () => {
  assert.deepEqual(sinceWhen(notBootstrapped, apiServersStarting, withoutCni), [
    'cni-missing cp-1,cp-2,cp-3,worker-1,worker-2 0',
  ]);
});

test('a node that is dead after all endpoints failed has been unhealthy since then', () => {
  const shut = endpointsAre(failing('10.0.0.1:50000', { kind: 'refused', message: 'connection refused' }));
  assert.deepEqual(sinceWhen(shut, shut, unreachable('worker-1')), ['dead-worker worker-1 0']);
});
