import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deduplicateMachines, unlessTakenOver } from '../../../src/observe/members/identities.ts';
import type { NodeSnapshot } from '../../../src/observe/snapshot.ts';
import { clusterNode, failed, healthySnapshot, nodeSnapshot, ok } from '../../builders/snapshot.ts';

/** A node that is known only by its address and answers with this id. */
function given(n: number, id: string, nodename = `cp-${n}`): NodeSnapshot {
  const { nodeId: _, nodename: __, ...node } = clusterNode('controlplane', n, { name: `10.0.0.${n}`, names: [] });
  return { ...nodeSnapshot(node), identity: ok(id), nodename: ok({ nodename, skipNodeRegistration: false }) };
}

function settled(...nodes: readonly NodeSnapshot[]) {
  const { cluster } = healthySnapshot();
  const result = deduplicateMachines({ cluster: { ...cluster, nodes: nodes.map(({ node }) => node) }, nodes });
  assert.deepEqual(
    result.nodes.map(({ node }) => node),
    result.cluster.nodes,
  );
  return { names: result.cluster.nodes.map(({ name }) => name), notes: result.cluster.notes, result };
}

test('two given addresses with one machine are one node, with a note', () => {
  const { names, notes, result } = settled(given(1, 'x'), given(2, 'x', 'cp-1'), given(3, 'y'));
  assert.deepEqual(names, ['10.0.0.1', '10.0.0.3']);
  assert.deepEqual(notes, ['10.0.0.2 and 10.0.0.1 are one machine: the node id x answers at both']);
  assert.deepEqual(result.cluster.nodes[0]?.addresses, ['10.0.0.1', '10.0.0.2']);
});

test('copies of one disk are two machines', () => {
  assert.deepEqual(settled(given(1, 'x'), given(2, 'x')).names, ['10.0.0.1', '10.0.0.2']);
});

test('the former node id of a reinstalled machine is dropped if the machine answers', () => {
  const anew: NodeSnapshot = {
    ...nodeSnapshot(clusterNode('worker', 1, { name: 'worker-1 (new)', nodeId: 'new' })),
    nodename: ok({ nodename: 'worker-1', skipNodeRegistration: false }),
  };
  const former: NodeSnapshot = {
    ...nodeSnapshot(clusterNode('worker', 1, { name: 'worker-1 (old)', nodeId: 'old' })),
    version: failed({ kind: 'other-machine' }),
    impostors: [{ address: '10.0.1.1', nodeId: 'new' }],
  };
  const { names, notes } = settled(anew, former);
  assert.deepEqual(names, ['worker-1']);
  assert.deepEqual(notes, ['discovery still has a former node id of worker-1: old']);
  const other = { ...former, node: { ...former.node, nodename: 'worker-2' } };
  assert.deepEqual(settled(anew, other).names, ['worker-1 (new)', 'worker-1 (old)']);
  const namesake = nodeSnapshot(clusterNode('worker', 2, { name: 'worker-1 (10.0.1.2)', names: ['worker-1'] }));
  assert.deepEqual(settled(anew, former, namesake).names, ['worker-1 (new)', 'worker-1 (10.0.1.2)']);
});

test('a node whose address another machine of the cluster has taken over is not healthy', () => {
  const learned = new Map([
    ['10.0.0.1', 'x'],
    ['10.0.0.2', 'y'],
  ]);
  const seen = (id: string) => unlessTakenOver([given(1, id)], learned)[0];
  assert.equal(seen('x')?.version.ok, true);
  assert.equal(seen('installed anew')?.version.ok, true);
  assert.equal(seen('y')?.version.ok, false);
  assert.deepEqual(seen('y')?.impostors, [{ address: '10.0.0.1', nodeId: 'y' }]);
});

test('two machines that have swapped their addresses are both present', () => {
  const learned = new Map([
    ['10.0.0.1', 'x'],
    ['10.0.0.2', 'y'],
  ]);
  const swapped = [given(1, 'y', 'cp-2'), given(2, 'x', 'cp-1')];
  assert.deepEqual(unlessTakenOver(swapped, learned), swapped);
  const silent: NodeSnapshot = { ...given(2, 'y'), version: failed({ kind: 'timeout' }) };
  assert.equal(unlessTakenOver([given(1, 'y'), silent], learned)[0]?.version.ok, false);
});

test('a given virtual IP that moves to another machine is not a missing machine', () => {
  const learned = new Map([
    ['10.0.0.9', 'x'],
    ['10.0.0.2', 'y'],
  ]);
  const nodes = unlessTakenOver([given(9, 'y', 'cp-2'), given(1, 'x'), given(2, 'y')], learned);
  assert.equal(nodes[0]?.version.ok, true);
  assert.deepEqual(settled(...nodes).names, ['10.0.0.9', '10.0.0.1']);
});
