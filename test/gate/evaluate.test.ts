import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Check, NodeCheck } from '../../src/checks/check.ts';
import { nodeCheck } from '../../src/checks/define.ts';
import { registry } from '../../src/checks/registry.ts';
import { evaluate } from '../../src/gate/evaluate.ts';
import { verdict } from '../../src/gate/verdict.ts';
import { line, options, subject, unresolved } from '../builders/evaluate.ts';
import { stage, unreachable, withFaults } from '../builders/faults.ts';
import { failed, healthySnapshot } from '../builders/snapshot.ts';

const snapshot = healthySnapshot({ controlPlanes: 1, workers: 1 });

function check(id: string, overrides: Partial<NodeCheck> = {}): Check {
  const passing = nodeCheck({
    id,
    stage: 'readiness',
    scope: 'node',
    title: id,
    explanation: id,
    requires: [],
    reads: [],
    docs: { pending: '', talosctl: '', advice: '', commands: [] },
    evaluate: () => ({ status: 'pass', message: 'fine' }),
  });
  return { ...passing, ...overrides };
}

test('findings are in the order of the registry, and of the nodes for each check', () => {
  const order: readonly Check[] = [
    check('b'),
    { ...check('a'), scope: 'cluster', evaluate: () => ({ status: 'pass', message: 'fine' }) },
    check('c', { scope: 'control-plane' }),
  ];
  assert.deepEqual(evaluate(snapshot, options, order), [
    { check: 'b', stage: 'readiness', node: 'cp-1', status: 'pass', message: 'fine' },
    { check: 'b', stage: 'readiness', node: 'worker-1', status: 'pass', message: 'fine' },
    { check: 'a', stage: 'readiness', status: 'pass', message: 'fine' },
    { check: 'c', stage: 'readiness', node: 'cp-1', status: 'pass', message: 'fine' },
  ]);
});

test('a required check blocks dependent checks on the same node, and the root is reported', () => {
  const chain = [
    check('first', {
      evaluate: ({ node }) => ({ status: node.role === 'worker' ? 'pending' : 'pass', message: 'not yet' }),
    }),
    check('second', { requires: ['first'] }),
    check('third', { requires: ['second'] }),
  ];
  const findings = evaluate(snapshot, options, chain);
  assert.equal(line(findings, 'third', 'worker-1'), 'blocked by first worker-1: fine');
  assert.equal(line(findings, 'third', 'cp-1'), 'pass: fine');
});

test('an explanation that passes does not block a check', () => {
  const chain = [
    check('first'),
    check('second', {
      evaluate: () => ({ status: 'pending', message: 'no', explainedBy: [{ check: 'first', on: 'here' }] }),
    }),
  ];
  assert.equal(line(evaluate(snapshot, options, chain), 'second', 'cp-1'), 'pending: no');
});

test('a cause "everywhere" blocks a check only if it applies to every subject', () => {
  const chain = (worksSomewhere: boolean) => [
    check('first', {
      evaluate: ({ node }) => ({
        status: worksSomewhere && node.role === 'controlplane' ? 'pass' : 'pending',
        message: 'no',
      }),
    }),
    check('second', {
      evaluate: () => ({ status: 'pending', message: 'no', explainedBy: [{ check: 'first', on: 'everywhere' }] }),
    }),
  ];
  assert.equal(line(evaluate(snapshot, options, chain(true)), 'second', 'worker-1'), 'pending: no');
  assert.equal(line(evaluate(snapshot, options, chain(false)), 'second', 'worker-1'), 'blocked by first cp-1: no');
});

test('of two checks that explain each other, one is not blocked', () => {
  const chain = [
    check('a', { evaluate: () => ({ status: 'pending', message: 'no', explainedBy: [{ check: 'b', on: 'here' }] }) }),
    check('b', { evaluate: () => ({ status: 'pending', message: 'no', explainedBy: [{ check: 'a', on: 'here' }] }) }),
  ];
  const findings = evaluate(snapshot, options, chain);
  assert.equal(line(findings, 'a', 'cp-1'), 'pending: no');
  assert.equal(line(findings, 'b', 'cp-1'), 'blocked by a cp-1: no');
});

test('a reference to a check that is not in the registry throws', () => {
  assert.throws(() => evaluate(snapshot, options, [check('a', { requires: ['nothing'] })]), {
    message: 'check a refers to check nothing, which is not in the registry',
  });
});

test('only-nodes selects nodes by name or address, and does not affect checks of the cluster', () => {
  const whole = withFaults(healthySnapshot(), unreachable('worker-2'), stage('cp-2', 'booting'));
  const judged = evaluate(whole, { ...options, onlyNodes: ['worker-1', '10.0.0.3'] });
  assert.deepEqual([...new Set(judged.map(({ node }) => node))], [undefined, 'cp-3', 'worker-1']);
  assert.deepEqual(unresolved(judged), []);
});

test('only-nodes without a control plane skips the checks of control planes', () => {
  const findings = evaluate(healthySnapshot(), { ...options, onlyNodes: ['worker-1'] });
  assert.equal(line(findings, 'etcd-service'), 'skip: none of the nodes to judge is a control plane');
  assert.equal(verdict(findings, { deadlinePassed: false, cancelled: false }), 'healthy');
});

test('only-nodes that matches no node is never healthy', () => {
  const findings = evaluate(healthySnapshot(), { ...options, onlyNodes: ['worker-9'] });
  assert.deepEqual(unresolved(findings), ['topology']);
  assert.equal(
    line(findings, 'topology'),
    'pending: only-nodes names worker-9, not among the nodes of the cluster: cp-1, cp-2, cp-3, worker-1, worker-2',
  );
  assert.equal(line(findings, 'services'), 'blocked by topology: there is no node to judge');
});

test('a cluster without a known node has a finding for every check, and is not healthy', () => {
  const { error } = failed({ kind: 'refused', layer: 'endpoint', message: 'connection refused' });
  const none = healthySnapshot({ controlPlanes: 0, workers: 0 });
  const findings = evaluate(
    {
      ...none,
      discovery: { ok: false, error, at: 0 },
      endpoints: [{ endpoint: '10.0.0.1:50000', state: 'failed', failure: error }],
    },
    options,
  );
  assert.deepEqual(
    findings.map(subject),
    registry.filter(({ enabled }) => enabled === undefined).map(({ id }) => id),
  );
  assert.deepEqual(unresolved(findings), ['topology']);
  assert.equal(
    line(findings, 'topology'),
    'pending: no control plane node is known; no endpoint answers: 10.0.0.1:50000: connection refused',
  );
});

test('a cluster without workers can be healthy', () => {
  const findings = evaluate(healthySnapshot({ controlPlanes: 1, workers: 0 }), options);
  assert.equal(verdict(findings, { deadlinePassed: false, cancelled: false }), 'healthy');
});

test('1,000 nodes are evaluated in linear time', () => {
  let reads = 0;
  const big = healthySnapshot({ controlPlanes: 3, workers: 997 });
  const nodes = big.nodes.map((node) => ({
    ...node,
    get services() {
      reads += 1;
      return node.services;
    },
  }));
  const findings = evaluate({ ...big, nodes }, options);
  assert.equal(verdict(findings, { deadlinePassed: false, cancelled: false }), 'healthy');
  assert.ok(reads < 30 * nodes.length, `${reads} reads at services`);
});
