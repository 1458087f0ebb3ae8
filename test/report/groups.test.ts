import assert from 'node:assert/strict';
import { test } from 'node:test';
import { groupFindings, nameNodes } from '../../src/report/groups.ts';
import { changeFinding, clusterNodes, passing } from '../builders/report.ts';

const nodes = clusterNodes(1, 3);

test('the same observation on several nodes is one group with the hints of all and one command', () => {
  const hint = (node: string) => ({ text: 'Look at the kubelet.', commands: [`talosctl -n ${node} logs kubelet`] });
  const findings = ['worker-1', 'worker-3'].reduce(
    (all, node) => changeFinding(all, 'node-ready', node, { status: 'pending', message: 'NotReady', hint: hint(node) }),
    passing(nodes),
  );
  const notReady = findings.filter(({ status }) => status === 'pending');
  assert.deepEqual(groupFindings(notReady), [
    {
      check: 'node-ready',
      stage: 'nodes',
      status: 'pending',
      message: 'NotReady',
      findings: notReady,
      nodes: ['worker-1', 'worker-3'],
      hints: ['Look at the kubelet.'],
      commands: ['talosctl -n worker-1,worker-3 logs kubelet'],
    },
  ]);
});

test('a long list of nodes has the first names and the number of the rest', () => {
  assert.equal(nameNodes([], 2), 'cluster');
  assert.equal(nameNodes(['a', 'b'], 2), 'a, b');
  assert.equal(nameNodes(['a', 'b', 'c', 'd'], 2), 'a, b and 2 more');
  assert.equal(nameNodes(['x'.repeat(500), 'b'], 2), `${'x'.repeat(79)}…, b`);
});
