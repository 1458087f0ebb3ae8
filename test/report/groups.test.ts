import assert from 'node:assert/strict';
import { test } from 'node:test';
import { causes, nameNodes } from '../../src/report/groups.ts';
import { blockNode, clusterNodes, passing, spoil } from '../builders/report.ts';

const nodes = clusterNodes(1, 3);

test('the same observation of many nodes is one cause, with the hints of all', () => {
  const hint = (node: string) => ({ text: 'Look at the kubelet.', commands: [`talosctl -n ${node} logs kubelet`] });
  const findings = ['worker-1', 'worker-3'].reduce(
    (all, node) => spoil(all, 'node-ready', node, { status: 'pending', message: 'NotReady', hint: hint(node) }),
    passing(nodes),
  );
  assert.deepEqual(causes(findings), [
    {
      check: 'node-ready',
      stage: 'nodes',
      status: 'pending',
      message: 'NotReady',
      nodes: ['worker-1', 'worker-3'],
      hints: ['Look at the kubelet.'],
      commands: ['talosctl -n worker-1 logs kubelet', 'talosctl -n worker-3 logs kubelet'],
      blocks: 0,
    },
  ]);
});

test('what ended the wait comes first, then the stages in their order; what is blocked is counted', () => {
  const late = spoil(passing(nodes), 'node-ready', 'worker-2', { status: 'fail', message: 'not authorized' });
  const booting = spoil(late, 'boot-finished', 'worker-1', { status: 'pending', message: 'booting' });
  const found = causes(blockNode(booting, 'worker-1', 'boot-finished'));
  assert.deepEqual(
    found.map(({ check, blocks }) => ({ check, blocks })),
    [
      { check: 'node-ready', blocks: 0 },
      { check: 'boot-finished', blocks: 3 },
    ],
  );
});

test('a blocked finding whose cause is not there is shown itself', () => {
  const findings = spoil(passing(nodes), 'node-ready', 'worker-1', {
    status: 'blocked',
    message: 'waits for services',
    blockedBy: { check: 'services', node: 'worker-1' },
  });
  assert.deepEqual(
    causes(findings).map(({ check, status }) => ({ check, status })),
    [{ check: 'node-ready', status: 'blocked' }],
  );
});

test('names many nodes by the first', () => {
  assert.equal(nameNodes([], 2), 'cluster');
  assert.equal(nameNodes(['a', 'b'], 2), 'a, b');
  assert.equal(nameNodes(['a', 'b', 'c', 'd'], 2), 'a, b and 2 more');
  assert.equal(nameNodes(['x'.repeat(500), 'b'], 2), `${'x'.repeat(79)}…, b`);
});
