import assert from 'node:assert/strict';
import { test } from 'node:test';
import { discoveredCluster, endpointCluster, givenCluster } from '../../src/observe/cluster.ts';
import type { Member } from '../../src/talos/model.ts';

const member = (hostname: string, role: Member['role'], ...addresses: string[]): Member => ({
  hostname,
  role,
  addresses,
  operatingSystem: 'Talos (v1.14.0)',
  apiServerPort: 6443,
});

const members = [
  member('worker-10', 'worker', '10.0.0.30'),
  member('worker-9', 'worker', '10.0.0.29'),
  member('cp-1', 'controlplane', 'fd00::1', '10.0.0.1'),
];

test('discovery: control planes first, then by name, numbers in their order', () => {
  const { nodes, source, workersKnown } = discoveredCluster(members, []);
  assert.deepEqual(
    nodes.map(({ name }) => name),
    ['cp-1', 'worker-9', 'worker-10'],
  );
  assert.equal(source, 'discovery');
  assert.equal(workersKnown, true);
});

test('discovery: a node is asked at the address that is known to be reachable', () => {
  const [node] = discoveredCluster(members, ['10.0.0.1']).nodes;
  assert.equal(node?.address, '10.0.0.1');
  assert.deepEqual(node?.addresses, ['10.0.0.1', 'fd00::1']);
});

test('discovery: two records that share an address are one node', () => {
  const twice = [
    member('cp-1', 'controlplane', '10.0.0.1', 'fd00::1'),
    member('old-name', 'controlplane', 'fd00:0::1'),
  ];
  const { nodes, notes } = discoveredCluster(twice, []);
  assert.deepEqual(
    nodes.map(({ name, addresses }) => ({ name, addresses })),
    [{ name: 'cp-1', addresses: ['10.0.0.1', 'fd00::1'] }],
  );
  assert.deepEqual(notes, [
    'discovery has old-name (fd00::1) besides cp-1, with the same address: they are judged as one node',
  ]);
});

test('given lists are the cluster; discovery lends the names and disagrees in notes', () => {
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

test('given by two addresses, one of each family: one node, and a note', () => {
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
    '10.0.0.1 and fd00::1 are given, and discovery has them as one node: cp-1 (fd00::1, 10.0.0.1)',
  ]);
});

test('given workers only: nobody else is in the cluster', () => {
  const { nodes, workersKnown } = givenCluster([], ['10.0.0.29'], []);
  assert.deepEqual(
    nodes.map(({ name, role }) => [name, role]),
    [['10.0.0.29', 'worker']],
  );
  assert.equal(workersKnown, true);
});

test('given by name: the name finds the member', () => {
  const { nodes, notes } = givenCluster(['cp-1'], ['worker-9', 'worker-10'], members);
  assert.deepEqual(
    nodes.map(({ name, address }) => [name, address]),
    [
      ['cp-1', 'cp-1'],
      ['worker-9', 'worker-9'],
      ['worker-10', 'worker-10'],
    ],
  );
  assert.deepEqual(notes, []);
});

test('given without discovery: addresses are names, and nothing disagrees', () => {
  const { nodes, notes } = givenCluster(['10.0.0.1'], [], []);
  assert.deepEqual(
    nodes.map(({ name }) => name),
    ['10.0.0.1'],
  );
  assert.deepEqual(notes, []);
});

test('endpoints alone: what etcd knows by name is the same node, and workers are unknown', () => {
  const { nodes, workersKnown } = endpointCluster([
    { name: 'cp-1', addresses: ['10.0.0.1'], role: 'controlplane', source: 'etcd' },
    { name: 'cp-2', addresses: ['10.0.0.2'], role: 'controlplane', source: 'etcd' },
    { addresses: ['10.0.0.2'], role: 'controlplane', source: 'endpoint' },
    { name: 'cp-1', addresses: ['fd00::1'], role: 'controlplane', source: 'endpoint' },
  ]);
  assert.deepEqual(
    nodes.map(({ name, addresses }) => [name, addresses]),
    [
      ['cp-1', ['10.0.0.1', 'fd00::1']],
      ['cp-2', ['10.0.0.2']],
    ],
  );
  assert.equal(workersKnown, false);
});

test('discovery: a member without an address goes by its name, and is judged', () => {
  const { nodes } = discoveredCluster([member('cp-1', 'controlplane')], []);
  assert.deepEqual(
    nodes.map(({ name, address }) => [name, address]),
    [['cp-1', 'cp-1']],
  );
});
