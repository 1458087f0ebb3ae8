import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { alarmList, type EtcdAnswer, etcdView, memberList, memberStatus } from '../../../sim/model/etcd.ts';
import { type ClusterState, findNode } from '../../../sim/model/state.ts';
import { healthyCluster, withFault } from './cluster.ts';

type Ask = (state: ClusterState, node: ReturnType<typeof findNode>) => EtcdAnswer<unknown>;

/** `value`, `hang`, or the error. */
function outcome(ask: Ask, state: ClusterState, name: string): string {
  const answer = ask(state, findNode(state, name));
  return answer.kind === 'error' ? `${answer.code}: ${answer.message}` : answer.kind;
}

function outcomes(state: ClusterState, name: string): readonly string[] {
  return [memberList, memberStatus, alarmList].map((ask) => outcome(ask, state, name));
}

describe('etcd of the simulated cluster', () => {
  const healthy = healthyCluster();

  it('answers on control planes, and has a leader', () => {
    assert.deepEqual(outcomes(healthy, 'cp-2'), ['value', 'value', 'value']);
    assert.equal(etcdView(healthy).leader?.hostname, 'cp-1');
  });

  it('is unimplemented on workers', () => {
    assert.deepEqual(outcomes(healthy, 'worker-1'), [
      'UNIMPLEMENTED: member list is only available on control plane nodes',
      'UNIMPLEMENTED: etcd status is only available on control plane nodes',
      'UNIMPLEMENTED: etcd alarm list is only available on control plane nodes',
    ]);
  });

  it('elects another leader when the machine of the first is off', () => {
    const view = etcdView(withFault(healthy, 'node-dead', 'cp-1'));
    assert.deepEqual([view.hasQuorum, view.leader?.hostname, view.term], [true, 'cp-2', 3]);
  });

  it('without quorum has no leader: the alarms hang, the status tells, the list fails', () => {
    const state = withFault(healthy, 'lost-quorum');
    assert.deepEqual(outcomes(state, 'cp-1'), ['UNKNOWN: etcdserver: no leader', 'value', 'hang']);
    const status = memberStatus(state, findNode(state, 'cp-1'));
    assert.ok(status.kind === 'value');
    assert.deepEqual([status.value.leader, status.value.errors], [0n, ['etcdserver: no leader']]);
  });

  it('loses its quorum too when the members do not reach each other', () => {
    assert.deepEqual(outcomes(withFault(healthy, 'etcd-partitioned'), 'cp-3'), [
      'UNKNOWN: etcdserver: no leader',
      'value',
      'hang',
    ]);
  });

  it('hung on one machine: its status and alarms hang, its list comes from the others', () => {
    const state = withFault(healthy, 'etcd-hung', 'cp-2');
    assert.deepEqual(outcomes(state, 'cp-2'), ['value', 'hang', 'hang']);
    assert.deepEqual(outcomes(state, 'cp-1'), ['value', 'value', 'value']);
  });

  it('before the bootstrap every call hangs', () => {
    assert.deepEqual(outcomes(withFault(healthy, 'not-bootstrapped'), 'cp-1'), ['hang', 'hang', 'hang']);
  });

  it('does not count a learner', () => {
    const learner = withFault(healthy, 'etcd-learner', 'cp-3');
    assert.deepEqual(outcome(alarmList, learner, 'cp-3'), 'UNAVAILABLE: etcdserver: rpc not supported for learner');
    assert.equal(etcdView(withFault(learner, 'node-dead', 'cp-2')).hasQuorum, false);
  });

  it('counts a member that is no control plane', () => {
    const extra = withFault(healthy, 'etcd-extra-member');
    assert.equal(etcdView(extra).hasQuorum, true);
    assert.equal(etcdView(withFault(extra, 'node-dead', 'cp-3')).hasQuorum, false);
  });

  it('a single machine has a quorum of its own', () => {
    const single = healthyCluster({ controlPlanes: 1, workers: 0 });
    assert.equal(etcdView(single).hasQuorum, true);
    assert.equal(etcdView(withFault(single, 'lost-quorum')).hasQuorum, true);
  });
});
