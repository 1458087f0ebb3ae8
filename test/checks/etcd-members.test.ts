import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memberOwners } from '../../src/checks/facts/etcd-members.ts';
import type { NodeSnapshot } from '../../src/observe/snapshot.ts';
import { clusterNode, etcdMember, failed, nodeSnapshot, ok } from '../builders/snapshot.ts';

const members = [etcdMember(1), etcdMember(2), etcdMember(3)];
const nodes = [1, 2, 3].map((n) => nodeSnapshot(clusterNode('controlplane', n), members));

const silent = (node: NodeSnapshot): NodeSnapshot => ({
  ...node,
  etcdMembers: ok(members),
  etcdStatus: failed(),
  etcdAlarms: failed(),
});

const owners = (listed: readonly (typeof members)[number][], seen: readonly NodeSnapshot[]) =>
  listed.map(({ id }) => memberOwners(listed, seen).ofMember.get(id)?.node.name);

test('a member matches the node that reports its id, whatever its name and address', () => {
  const odd = members.map((member) => ({ ...member, hostname: 'talos', peerHosts: ['10.0.2.15'] }));
  assert.deepEqual(owners(odd, nodes), ['cp-1', 'cp-2', 'cp-3']);
});

test('a member matches by short or full name if the node reports no id', () => {
  const qualified = members.map((member) => ({ ...member, hostname: `${member.hostname}.example.com`, peerHosts: [] }));
  assert.deepEqual(owners(qualified, nodes.map(silent)), ['cp-1', 'cp-2', 'cp-3']);
});

test('a member matches by address if its name differs', () => {
  const renamed = members.map((member) => ({ ...member, hostname: '' }));
  assert.deepEqual(owners(renamed, nodes.map(silent)), ['cp-1', 'cp-2', 'cp-3']);
});

test('a second member with the name or address of a node has no owner', () => {
  const stale = etcdMember(3, { id: 'stale' });
  assert.deepEqual(owners([...members, stale], nodes), ['cp-1', 'cp-2', 'cp-3', undefined]);
  assert.deepEqual(owners([...members, stale], nodes.map(silent)), ['cp-1', 'cp-2', 'cp-3', undefined]);
});

test('a node whose member is not listed does not match a member with its name', () => {
  const [first, second, third] = nodes as [NodeSnapshot, NodeSnapshot, NodeSnapshot];
  const removed = {
    ...third,
    etcdStatus: ok({ memberId: 'own', leader: 'e1', errors: [], isLearner: false }),
  };
  assert.deepEqual(owners(members, [first, second, removed]), ['cp-1', 'cp-2', undefined]);
});

test('an address that two nodes have matches neither', () => {
  const shared = nodes.map(silent).map((one) => ({ ...one, node: { ...one.node, addresses: ['10.0.2.15'] } }));
  const member = etcdMember(9, { hostname: 'other', peerHosts: ['10.0.2.15'] });
  assert.deepEqual(owners([member], shared), [undefined]);
});
