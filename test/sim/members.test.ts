import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type SimulatedCluster, startCluster } from '../../sim/cluster.ts';
import { MachineService } from '../../sim/gen/machine/machine_pb.ts';
import { memberList, memberStatus } from '../../sim/model/etcd.ts';
import { servicesOf } from '../../sim/model/services.ts';
import { type ClusterState, findNode } from '../../sim/model/state.ts';
import { connect, nodeOf } from './client.ts';
import { healthyCluster, withFault } from './model/cluster.ts';

const machine = MachineService.method;

/** The list of cp-1: name, peer and client URLs, and whether it is a learner. */
async function members(cluster: SimulatedCluster) {
  using client = connect(cluster);
  const { messages } = await client.ask(machine.etcdMemberList, {});
  return (messages[0]?.members ?? []).map(({ hostname, peerUrls, clientUrls, isLearner }) => ({
    hostname,
    peers: peerUrls.join(' '),
    clients: clientUrls.join(' '),
    isLearner,
  }));
}

describe('members of etcd that no machine runs', () => {
  it('a member can have the name of a running control plane node and another of its addresses', async () => {
    await using cluster = await startCluster();
    await cluster.fault('further-address', 'cp-3', { address: '192.168.7.3' });
    await cluster.fault('etcd-stale-member', 'cp-3');
    const found = (await members(cluster)).filter(({ hostname }) => hostname === 'cp-3');
    assert.deepEqual(
      found.map(({ peers }) => peers),
      [`https://${nodeOf(cluster, 'cp-3').address}:2380`, 'https://192.168.7.3:2380'],
    );
    using client = connect(cluster);
    const { messages } = await client.ask(machine.etcdStatus, {}, { node: 'cp-3' });
    const own = cluster.state.etcd.members.find(({ name }) => name === 'cp-3');
    assert.equal(messages[0]?.memberStatus?.memberId, own?.id);
  });

  it('a member that was never started has no name and no client URLs', async () => {
    await using cluster = await startCluster();
    await cluster.fault('etcd-unstarted-member', undefined, { address: '192.168.7.9' });
    assert.deepEqual((await members(cluster)).at(-1), {
      hostname: '',
      peers: 'https://192.168.7.9:2380',
      clients: '',
      isLearner: false,
    });
  });

  it('count for the quorum', () => {
    const errors = (state: ClusterState) => {
      const status = memberStatus(state, findNode(state, 'cp-1'));
      return status.kind === 'value' ? status.value.errors : status;
    };
    const four = withFault(healthyCluster(), 'etcd-unstarted-member');
    assert.deepEqual(errors(four), []);
    assert.deepEqual(errors(withFault(four, 'node-dead', 'cp-3')), ['etcdserver: no leader']);
  });
});

describe('members of etcd and their machines', () => {
  it('the peer URL may be at the virtual address', async () => {
    await using cluster = await startCluster({ vip: true });
    await cluster.fault('etcd-peer-address', 'cp-1');
    assert.equal((await members(cluster))[0]?.peers, `https://${cluster.vip?.address}:2380`);
  });

  it('a partitioned member has no leader, and the others keep theirs', async () => {
    const state = withFault(healthyCluster(), 'etcd-cut-off', 'cp-2');
    const list = memberList(state, findNode(state, 'cp-2'));
    assert.deepEqual(list, { kind: 'error', code: 'UNKNOWN', message: 'etcdserver: no leader', after: 3000 });
    await using cluster = await startCluster();
    await cluster.fault('etcd-cut-off', 'cp-2');
    using client = connect(cluster);
    const status = async (node: string) =>
      (await client.ask(machine.etcdStatus, {}, { node })).messages[0]?.memberStatus;
    assert.deepEqual((await status('cp-2'))?.errors, ['etcdserver: no leader']);
    assert.equal((await status('cp-2'))?.leader, 0n);
    assert.notEqual((await status('cp-1'))?.leader, 0n);
    const { code } = await client.call(machine.etcdAlarmList, {}, { node: 'cp-2', timeoutMs: 50 });
    assert.equal(code, 'DEADLINE_EXCEEDED');
    assert.equal((await members(cluster)).length, 3);
  });

  it('a learner is unhealthy in Talos', () => {
    const state = withFault(healthyCluster(), 'etcd-learner', 'cp-3');
    const etcd = servicesOf(state, findNode(state, 'cp-3'), new Set()).find(({ id }) => id === 'etcd');
    assert.deepEqual([etcd?.health, etcd?.message], ['unhealthy', 'etcdserver: rpc not supported for learner']);
  });

  it('a removed control plane node is not a member, and discovery still lists it', async () => {
    await using cluster = await startCluster();
    await cluster.fault('control-plane-gone', 'cp-3');
    assert.deepEqual(
      (await members(cluster)).map(({ hostname }) => hostname),
      ['cp-1', 'cp-2'],
    );
    using client = connect(cluster);
    assert.equal((await client.call(machine.version, {}, { node: 'cp-3' })).code, 'UNAVAILABLE');
  });
});
