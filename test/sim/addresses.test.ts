import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fromBinary } from '@bufbuild/protobuf';
import { type SimulatedCluster, startCluster } from '../../sim/cluster.ts';
import { State } from '../../sim/gen/cosi/resource/resource_pb.ts';
import { MachineService } from '../../sim/gen/machine/machine_pb.ts';
import { IdentitySpecSchema, MemberSpecSchema } from '../../sim/gen/talos/resource/definitions/definitions_pb.ts';
import type { Scenario } from '../../sim/model/scenario.ts';
import { connect, nodeOf, TalosClient } from './client.ts';

const machine = MachineService.method;

/** Name of the machine that says who it is when this address is asked. */
async function whoAnswers(cluster: SimulatedCluster, client: TalosClient, node?: string): Promise<string> {
  const id = { namespace: 'cluster', type: 'Identities.cluster.talos.dev', id: 'local' };
  const { code, messages } = await client.call(State.method.get, id, node === undefined ? {} : { node });
  const spec = messages[0]?.resource?.spec?.protoSpec;
  if (spec === undefined) return code;
  const { nodeId } = fromBinary(IdentitySpecSchema, spec);
  return cluster.state.nodes.find((candidate) => candidate.nodeId === nodeId)?.name ?? nodeId;
}

/** Addresses of each Member as cp-2 has them. */
async function listed(cluster: SimulatedCluster): Promise<ReadonlyMap<string, readonly string[]>> {
  using client = connect(cluster, 'os:reader', { through: 'cp-2' });
  const { messages } = await client.call(State.method.list, {
    namespace: 'cluster',
    type: 'Members.cluster.talos.dev',
  });
  return new Map(
    messages.map(({ resource }) => {
      const { addresses } = fromBinary(MemberSpecSchema, resource?.spec?.protoSpec ?? new Uint8Array());
      return [resource?.metadata?.id ?? '', addresses.map(({ ip }) => ip.join('.'))];
    }),
  );
}

function throughVip(cluster: SimulatedCluster): TalosClient {
  const { vip } = cluster;
  assert.ok(vip !== undefined);
  return new TalosClient(cluster.talosconfig('os:reader'), vip.endpoint, vip.address);
}

describe('a virtual address', () => {
  for (const mode of ['addresses', 'ports'] as const) {
    it(`answers as its holder, as an endpoint and behind one (${mode})`, async () => {
      await using cluster = await startCluster({ vip: true }, { mode });
      using client = throughVip(cluster);
      assert.equal(await whoAnswers(cluster, client), 'cp-1');
      assert.equal(await whoAnswers(cluster, client, nodeOf(cluster, 'worker-1').address), 'worker-1');
      using other = connect(cluster, 'os:reader', { through: 'cp-3' });
      assert.equal(await whoAnswers(cluster, other, cluster.vip?.address), 'cp-1');
      assert.deepEqual((await listed(cluster)).get('cp-1'), [nodeOf(cluster, 'cp-1').address, cluster.vip?.address]);

      const moved = await cluster.fault('vip-moves', undefined, { member: 'cp-3' });
      using again = throughVip(cluster);
      assert.equal(await whoAnswers(cluster, again), 'cp-3');
      assert.deepEqual((await listed(cluster)).get('cp-1'), [nodeOf(cluster, 'cp-1').address]);
      await moved.heal();
    });
  }

  it('moves away from a dead machine, for which discovery still lists it', async () => {
    await using cluster = await startCluster({ vip: true });
    await cluster.fault('node-dead', 'cp-1');
    using client = throughVip(cluster);
    assert.equal(await whoAnswers(cluster, client), 'cp-2');
    const members = await listed(cluster);
    assert.deepEqual(members.get('cp-1'), [nodeOf(cluster, 'cp-1').address, cluster.vip?.address]);
    assert.deepEqual(members.get('cp-2'), [nodeOf(cluster, 'cp-2').address, cluster.vip?.address]);
    assert.equal(await whoAnswers(cluster, client, nodeOf(cluster, 'cp-1').address), 'UNAVAILABLE');
  });

  it('has no holder without a quorum of etcd', async () => {
    await using cluster = await startCluster({ vip: true });
    await cluster.fault('lost-quorum');
    using client = connect(cluster);
    assert.equal(await whoAnswers(cluster, client, cluster.vip?.address), 'UNAVAILABLE');
  });
});

describe('an ambiguous address', () => {
  it('can lead to another machine for every caller and name', async () => {
    await using cluster = await startCluster();
    await cluster.fault('answered-by-other', 'worker-2', { member: 'worker-1' });
    using client = connect(cluster);
    for (const node of ['worker-2', nodeOf(cluster, 'worker-2').address, 'worker-1']) {
      assert.equal(await whoAnswers(cluster, client, node), 'worker-1');
    }
    using directly = new TalosClient(
      cluster.talosconfig('os:reader'),
      nodeOf(cluster, 'worker-2').endpoint,
      'worker-1',
    );
    assert.equal(await whoAnswers(cluster, directly), 'worker-1');
  });

  it('a second address of a machine still leads to it', async () => {
    await using cluster = await startCluster();
    await cluster.fault('answered-by-other', 'worker-2', { member: 'worker-1' });
    await cluster.fault('further-address', 'worker-2', { address: '192.168.7.7' });
    using client = connect(cluster);
    assert.equal(await whoAnswers(cluster, client, '192.168.7.7'), 'worker-2');
  });

  it('an address that all machines share behind NAT leads each to itself', async () => {
    await using cluster = await startCluster({ sharedAddress: '10.0.2.15' });
    const members = await listed(cluster);
    for (const { name, address } of cluster.nodes) assert.deepEqual(members.get(name), [address, '10.0.2.15']);
    for (const through of ['cp-1', 'cp-3']) {
      using client = connect(cluster, 'os:reader', { through });
      assert.equal(await whoAnswers(cluster, client, '10.0.2.15'), through);
    }
  });

  it('an address of two workers leads to the first', async () => {
    await using cluster = await startCluster();
    await cluster.fault('further-address', 'worker-1');
    await cluster.fault('further-address', 'worker-2');
    using client = connect(cluster);
    assert.equal(await whoAnswers(cluster, client, '10.0.2.15'), 'worker-1');
  });
});

describe('behind a tunnel', () => {
  it('etcd names can differ from node names', async () => {
    const scenario: Partial<Scenario> = { discovery: false, qualified: ['etcd'] };
    await using cluster = await startCluster(scenario, { mode: 'ports' });
    await cluster.fault('etcd-other-name', 'cp-2', { message: 'talos-q3x-8v1' });
    using client = connect(cluster);
    assert.deepEqual([...(await listed(cluster)).keys()], []);
    const { messages } = await client.ask(machine.etcdMemberList, {});
    assert.deepEqual(
      messages[0]?.members.map(({ hostname, peerUrls }) => `${hostname} ${peerUrls}`),
      [
        'cp-1.example.com https://10.5.0.2:2380',
        'talos-q3x-8v1 https://10.5.0.3:2380',
        'cp-3.example.com https://10.5.0.4:2380',
      ],
    );
    assert.equal(await whoAnswers(cluster, client, '10.5.0.3'), 'cp-2');
  });
});
