import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fromBinary } from '@bufbuild/protobuf';
import { type SimulatedCluster, startCluster } from '../../sim/cluster.ts';
import { State } from '../../sim/gen/cosi/resource/resource_pb.ts';
import { MachineService } from '../../sim/gen/machine/machine_pb.ts';
import {
  IdentitySpecSchema,
  type MemberSpec,
  MemberSpecSchema,
} from '../../sim/gen/talos/resource/definitions/definitions_pb.ts';
import { connect, type TalosClient } from './client.ts';

const state = State.method;
const memberKind = { namespace: 'cluster', type: 'Members.cluster.talos.dev' };

/** The Members that a node lists, by id. */
async function membersOf(client: TalosClient, node: string): Promise<ReadonlyMap<string, MemberSpec>> {
  const { messages } = await client.call(state.list, memberKind, { node });
  return new Map(
    messages.map(({ resource }) => [
      resource?.metadata?.id ?? '',
      fromBinary(MemberSpecSchema, resource?.spec?.protoSpec ?? new Uint8Array()),
    ]),
  );
}

async function idsOf(cluster: SimulatedCluster, node: string): Promise<string> {
  using client = connect(cluster);
  return [...(await membersOf(client, node)).keys()].join(' ');
}

async function identityOf(client: TalosClient, node: string) {
  const { resource } = await client.ask(
    state.get,
    { namespace: 'cluster', type: 'Identities.cluster.talos.dev', id: 'local' },
    { node },
  );
  return resource?.spec;
}

describe('the identity of a machine', () => {
  it('is the same in its own resources and in discovery', async () => {
    await using cluster = await startCluster({ controlPlanes: 1, workers: 2 });
    using client = connect(cluster);
    const members = await membersOf(client, 'cp-1');
    const ids = await Promise.all(
      cluster.nodes.map(async ({ name }) => {
        const spec = await identityOf(client, name);
        const { nodeId } = fromBinary(IdentitySpecSchema, spec?.protoSpec ?? new Uint8Array());
        assert.equal(spec?.yamlSpec, `nodeId: ${nodeId}\n`);
        assert.equal(members.get(name)?.nodeId, nodeId);
        return nodeId;
      }),
    );
    assert.equal(new Set(ids).size, 3);
  });

  it('can have short and fully qualified names, and all lead to it', async () => {
    await using cluster = await startCluster({ controlPlanes: 1, workers: 1, qualified: ['hostname'] });
    using client = connect(cluster);
    const members = await membersOf(client, 'cp-1');
    assert.deepEqual(
      [...members].map(([id, { hostname }]) => `${id} ${hostname}`),
      ['cp-1 cp-1.example.com', 'worker-1 worker-1.example.com'],
    );
    for (const node of ['worker-1', 'worker-1.example.com', 'WORKER-1']) {
      assert.deepEqual(await identityOf(client, node), await identityOf(client, 'worker-1'));
    }
  });

  it('the Kubernetes node and the etcd member may be those that are fully qualified', async () => {
    await using cluster = await startCluster({ controlPlanes: 1, workers: 0, qualified: ['nodename', 'etcd'] });
    using client = connect(cluster);
    const members = await membersOf(client, 'cp-1');
    assert.deepEqual(
      [...members].map(([id, { hostname }]) => `${id} ${hostname}`),
      ['cp-1.example.com cp-1'],
    );
    const { messages } = await client.ask(MachineService.method.etcdMemberList, {});
    assert.deepEqual(
      messages[0]?.members.map(({ hostname }) => hostname),
      ['cp-1.example.com'],
    );
    const nodeStatus = { namespace: 'k8s', type: 'NodeStatuses.kubernetes.talos.dev', id: 'cp-1.example.com' };
    await client.ask(state.get, nodeStatus);
  });
});

describe('a misleading identity', () => {
  const idOf = async (client: TalosClient, node: string) =>
    fromBinary(IdentitySpecSchema, (await identityOf(client, node))?.protoSpec ?? new Uint8Array()).nodeId;

  it('a wiped machine has a new identity, and discovery has the former one', async () => {
    await using cluster = await startCluster();
    using client = connect(cluster);
    const before = await idOf(client, 'worker-1');
    await cluster.fault('identity-new', 'worker-1');
    const now = await idOf(client, 'worker-1');
    assert.notEqual(now, before);
    assert.equal((await membersOf(client, 'cp-1')).get('worker-1')?.nodeId, before);
    assert.equal((await membersOf(client, 'worker-1')).get('worker-1')?.nodeId, before);
  });

  it('a copy of a machine has its identity', async () => {
    await using cluster = await startCluster();
    await cluster.fault('identity-cloned', 'worker-2', { member: 'worker-1' });
    using client = connect(cluster);
    assert.equal(await idOf(client, 'worker-2'), await idOf(client, 'worker-1'));
  });
});

describe('the members that a machine discovers', () => {
  it('every machine discovers all others', async () => {
    await using cluster = await startCluster();
    assert.equal(await idsOf(cluster, 'cp-2'), 'cp-1 cp-2 cp-3 worker-1 worker-2');
  });

  it('a restarted machine can discover only itself', async () => {
    await using cluster = await startCluster();
    await cluster.fault('discovery-knows-only-itself', 'cp-2');
    assert.equal(await idsOf(cluster, 'cp-2'), 'cp-2');
    assert.equal(await idsOf(cluster, 'cp-1'), 'cp-1 cp-2 cp-3 worker-1 worker-2');
  });

  it('a machine can lack another', async () => {
    await using cluster = await startCluster();
    await cluster.fault('discovery-lacks', 'cp-1', { member: 'worker-1' });
    assert.equal(await idsOf(cluster, 'cp-1'), 'cp-1 cp-2 cp-3 worker-2');
    assert.equal(await idsOf(cluster, 'cp-3'), 'cp-1 cp-2 cp-3 worker-1 worker-2');
  });

  it('a machine that the others lost discovers itself, and their watches see it leave and return', async () => {
    await using cluster = await startCluster();
    using client = connect(cluster);
    const watched = client.call(state.watch, memberKind, { node: 'cp-1', until: (count) => count === 3 });
    while (cluster.calls.every(({ method }) => method !== '/cosi.resource.State/Watch')) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    const fault = await cluster.fault('discovery-lost', 'worker-2');
    assert.equal(await idsOf(cluster, 'worker-2'), 'cp-1 cp-2 cp-3 worker-1 worker-2');
    assert.equal(await idsOf(cluster, 'cp-1'), 'cp-1 cp-2 cp-3 worker-1');
    await fault.heal();
    const events = (await watched).messages.flatMap(({ event }) => event);
    assert.deepEqual(
      events.map(({ eventType, resource }) => [eventType, resource?.metadata?.id]),
      [
        [2, 'worker-2'],
        [0, 'worker-2'],
      ],
    );
  });
});
