import assert from 'node:assert/strict';
import { test } from 'node:test';
import { discoveredCluster, type NodeRecord, type Role } from '../../../src/observe/members/cluster.ts';
import { givenCluster } from '../../../src/observe/members/given.ts';

const member = (name: string, role: Role, ...addresses: string[]): NodeRecord => ({
  nodeId: `id of ${name}`,
  name,
  names: [name],
  role,
  addresses,
  source: 'discovery',
});

const discovered = (records: readonly NodeRecord[], ...endpoints: readonly string[]) =>
  discoveredCluster(records, [], endpoints);

const members = [
  member('worker-10', 'worker', '10.0.0.30'),
  member('worker-9', 'worker', '10.0.0.29'),
  member('cp-1', 'controlplane', 'fd00::1', '10.0.0.1'),
];

test('discovery: control planes come first, then nodes by name in numeric order', () => {
  const { nodes, source, workersKnown } = discovered(members);
  assert.deepEqual(
    nodes.map(({ name }) => name),
    ['cp-1', 'worker-9', 'worker-10'],
  );
  assert.equal(source, 'discovery');
  assert.equal(workersKnown, true);
});

test('discovery: a node is called at an address that is known to be reachable', () => {
  const [node] = discovered(members, '10.0.0.1').nodes;
  assert.equal(node?.address, '10.0.0.1');
  assert.deepEqual(node?.addresses, ['10.0.0.1', 'fd00::1']);
});

test('discovery: machines that share an address are two nodes, each called at its own address', () => {
  const { nodes } = discovered(
    [
      member('cp-1', 'controlplane', '10.0.2.15', '10.0.0.1'),
      member('worker-1', 'worker', '10.0.2.15', '10.0.0.2'),
      member('worker-2', 'worker', '10.0.2.15'),
    ],
    '10.0.2.15',
  );
  assert.deepEqual(
    nodes.map(({ name, address }) => [name, address]),
    [
      ['cp-1', '10.0.0.1'],
      ['worker-1', '10.0.0.2'],
      ['worker-2', '10.0.2.15'],
    ],
  );
});

test('discovery: machines that share a name get distinct names', () => {
  const again = { ...member('cp-1', 'controlplane', '10.0.0.9'), nodeId: 'another' };
  const same = { ...member('worker-1', 'worker', '10.0.0.2'), nodeId: 'former' };
  const { nodes } = discovered([
    member('cp-1', 'controlplane', '10.0.0.1'),
    again,
    member('worker-1', 'worker', '10.0.0.2'),
    same,
  ]);
  assert.deepEqual(
    nodes.map(({ name }) => name),
    ['cp-1 (10.0.0.1)', 'cp-1 (10.0.0.9)', 'worker-1 (former)', 'worker-1 (id of wo)'],
  );
});

test('discovery: a node that is no longer listed stays in the cluster, with a note', () => {
  const known = discovered(members);
  const { nodes, notes } = discoveredCluster(members.slice(1), ['a note'], [], known);
  assert.deepEqual(
    nodes.map(({ name, vanished }) => [name, vanished]),
    [
      ['cp-1', undefined],
      ['worker-9', undefined],
      ['worker-10', true],
    ],
  );
  assert.deepEqual(notes, ['a note', 'discovery named worker-10 before, and no longer does']);
});

test('given lists define the cluster; discovery adds names, and its disagreements are notes', () => {
  const { nodes, notes, source } = givenCluster(['10.0.0.1', '10.0.0.29'], ['10.0.0.99'], members);
  assert.equal(source, 'given');
  assert.deepEqual(
    nodes.map(({ name, address, role }) => [name, address, role]),
    [
      ['cp-1', '10.0.0.1', 'controlplane'],
      ['worker-9', '10.0.0.29', 'controlplane'],
      ['10.0.0.99', '10.0.0.99', 'worker'],
    ],
  );
  assert.deepEqual(notes, [
    '10.0.0.29 is given as a control plane, but discovery has worker-9 (10.0.0.29) as a worker',
    '10.0.0.99 is given as a worker, but discovery does not know it',
    'worker-10 (10.0.0.30) is discovered as a worker, but not among the given nodes, and is not judged',
  ]);
});

test('given lists: two addresses of one machine are one node, with a note', () => {
  const { nodes, notes } = givenCluster(['10.0.0.1', 'fd00::1'], ['10.0.0.29', '10.0.0.30'], members);
  assert.deepEqual(
    nodes.map(({ name, addresses }) => ({ name, addresses })),
    [
      { name: 'cp-1', addresses: ['10.0.0.1', 'fd00::1'] },
      { name: 'worker-9', addresses: ['10.0.0.29'] },
      { name: 'worker-10', addresses: ['10.0.0.30'] },
    ],
  );
  assert.deepEqual(notes, [
    '10.0.0.1 and fd00::1 are given, and discovery has them as one machine: cp-1 (fd00::1, 10.0.0.1)',
  ]);
});

test('given lists: with workers only, no other node is in the cluster', () => {
  const { nodes, workersKnown } = givenCluster([], ['10.0.0.29'], []);
  assert.deepEqual(
    nodes.map(({ name, role }) => [name, role]),
    [['10.0.0.29', 'worker']],
  );
  assert.equal(workersKnown, true);
});

test('given lists: a name matches the member with that name', () => {
  const { nodes, notes } = givenCluster(['cp-1'], ['worker-9', 'worker-10'], members);
  assert.deepEqual(
    nodes.map(({ name, address }) => [name, address]),
    [
      ['cp-1', 'fd00::1'],
      ['worker-9', '10.0.0.29'],
      ['worker-10', '10.0.0.30'],
    ],
  );
  assert.deepEqual(notes, []);
});

test('given lists without discovery: names are addresses, without notes', () => {
  const { nodes, notes } = givenCluster(['10.0.0.1'], [], []);
  assert.deepEqual(
    nodes.map(({ name }) => name),
    ['10.0.0.1'],
  );
  assert.deepEqual(notes, []);
});

test('discovery: a member without an address is called by its name', () => {
  const { nodes } = discovered([member('cp-1', 'controlplane')]);
  assert.deepEqual(
    nodes.map(({ name, address }) => [name, address]),
    [['cp-1', 'cp-1']],
  );
});
