import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type DescribedEndpoint, machinesOf } from '../../../src/observe/endpoints/machines.ts';
import { endpointCluster } from '../../../src/observe/members/cluster.ts';
import { etcdMember } from '../../builders/snapshot.ts';

const members = [1, 2, 3].map((n) => etcdMember(n, { hostname: `old-name-${n}` }));

function endpoint(n: number, overrides: Partial<DescribedEndpoint> = {}): DescribedEndpoint {
  return {
    host: `10.0.0.${n}`,
    isGateway: false,
    endpoint: `10.0.0.${n}:50000`,
    role: 'controlplane',
    nodeId: `id-${n}`,
    nodename: `cp-${n}`,
    members,
    memberId: `e${n}`,
    ...overrides,
  };
}

const brief = (described: readonly DescribedEndpoint[], silent: readonly string[] = []) =>
  machinesOf(described, silent).records.map(({ name, nodeId, addresses }) => [name, nodeId, ...addresses]);

test('an endpoint is matched to the etcd member that it runs, whatever its name', () => {
  assert.deepEqual(brief([endpoint(1), endpoint(2)]), [
    ['cp-1', 'id-1', '10.0.0.1'],
    ['cp-2', 'id-2', '10.0.0.2'],
    ['old-name-3', undefined, '10.0.0.3'],
  ]);
});

test('the address of a tunnel or a load balancer belongs to no machine', () => {
  const host = '127.0.0.1';
  assert.deepEqual(brief([endpoint(2, { host, endpoint: `${host}:50001` })], [host]), [
    ['old-name-1', undefined, '10.0.0.1'],
    ['cp-2', 'id-2', '10.0.0.2'],
    ['old-name-3', undefined, '10.0.0.3'],
  ]);
});

test('two endpoints of one machine are one node, with a note', () => {
  const { records, notes } = machinesOf([endpoint(1), endpoint(1, { endpoint: '10.0.0.100:50000' })], []);
  assert.equal(records.length, 3);
  assert.deepEqual(notes, ['10.0.0.1:50000 and 10.0.0.100:50000 lead to one machine, by its node id']);
});

test('two etcd members with one name and one address are one node', () => {
  const [own, ...others] = endpoint(1).members;
  const stale = others.map((member) => ({ ...member, id: `${member.id} stale` }));
  assert.ok(own !== undefined);
  const { records } = machinesOf([endpoint(1, { members: [own, ...others, ...stale] })], []);
  assert.equal(new Set(endpointCluster(records).nodes.map(({ name }) => name)).size, records.length);
  assert.equal(records.length, 3);
});

test('without etcd, each endpoint is a node, including those that do not answer', () => {
  const bare = {
    role: 'controlplane',
    isGateway: false,
    endpoint: '10.0.0.1:50000',
    host: '10.0.0.1',
    members: [],
  } as const;
  assert.deepEqual(brief([bare], ['10.0.0.2', 'cp-3.example.com']), [
    [undefined, undefined, '10.0.0.1'],
    [undefined, undefined, '10.0.0.2'],
    [undefined, undefined, 'cp-3.example.com'],
  ]);
});

test('without a status of etcd, an endpoint is matched to its member by name', () => {
  const { memberId: _, ...silent } = endpoint(3, { nodename: 'old-name-3', host: 'balancer' });
  assert.deepEqual(brief([silent])[2], ['old-name-3', 'id-3', '10.0.0.3']);
});

test('a gateway is no machine: the members of etcd behind it are', () => {
  const gateway = {
    role: 'controlplane',
    isGateway: true,
    endpoint: 'omni.example.com:443',
    host: 'omni.example.com',
    members,
  } as const;
  assert.deepEqual(brief([gateway]), [
    ['old-name-1', undefined, '10.0.0.1'],
    ['old-name-2', undefined, '10.0.0.2'],
    ['old-name-3', undefined, '10.0.0.3'],
  ]);
  assert.deepEqual(brief([{ ...gateway, members: [] }]), []);
});
