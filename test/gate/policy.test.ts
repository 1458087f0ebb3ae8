import assert from 'node:assert/strict';
import { test } from 'node:test';
import { evaluate } from '../../src/gate/evaluate.ts';
import type { Finding } from '../../src/gate/finding.ts';
import { verdict } from '../../src/gate/verdict.ts';
import type { CheckPolicy } from '../../src/inputs/policies.ts';
import { findingOf, line, options, unresolved } from '../builders/evaluate.ts';
import { all, etcdStopped, type Fault, facetFailed, onNode, unreachable, withFaults } from '../builders/faults.ts';
import { withKubernetes } from '../builders/kubernetes.ts';
import { singleFaults } from '../builders/single-faults.ts';
import { failed, healthySnapshot, ok } from '../builders/snapshot.ts';

const now = { deadlinePassed: true, cancelled: false };

/** Findings of a healthy cluster (3 control planes, 2 workers) with faults, with policies of the input `checks`. */
function under(
  words: Readonly<Record<string, CheckPolicy['policy']>>,
  ...faults: readonly Fault[]
): readonly Finding[] {
  const policies = new Map(
    Object.entries(words).map(([id, policy]) => [id, { policy, input: 'checks', by: 'the input checks' }] as const),
  );
  return evaluate(withFaults(withKubernetes(healthySnapshot()), ...faults), { ...options, policies });
}

const unregistered = onNode('worker-1', () => ({ nodeStatuses: ok([]) }));
const noSpace = onNode('worker-1', () => ({ memory: ok(1024) }));

test('a skipped check is not evaluated, and nothing blocks it', () => {
  const findings = under({ 'node-registered': 'skip', memory: 'skip' }, noSpace, unreachable('cp-2'));
  for (const node of ['cp-1', 'cp-2', 'worker-1']) {
    assert.equal(line(findings, 'memory', node), 'skip: left out by the input checks');
  }
  assert.deepEqual(unresolved(findings), ['api-reachable cp-2']);
});

test('a fault with the policy warn keeps its hint, and does not fail the cluster', () => {
  const findings = under({ memory: 'warn' }, noSpace);
  const { status, message, hint } = findingOf(findings, 'memory', 'worker-1');
  assert.equal(status, 'warn');
  assert.match(message, / \(a warning by the input checks\)$/);
  assert.notEqual(hint, undefined);
  assert.equal(verdict(findings, now), 'healthy');
});

test('a role that may not read is a warning with the policy warn', () => {
  const denied = facetFailed('cp-1', 'diagnostics', { kind: 'not-authorized', layer: 'caller', message: 'no' });
  assert.equal(verdict(under({}, denied), now), 'error');
  assert.equal(verdict(under({ diagnostics: 'warn' }, denied), now), 'healthy');
});

test('a check behind a warning is not blocked, and its message names the warning', () => {
  const findings = under({ 'node-registered': 'warn' }, unregistered);
  assert.equal(
    line(findings, 'node-registered', 'worker-1'),
    'warn: Kubernetes has the node worker-1 Ready, and Talos does not see it (a warning by the input checks)',
  );
  assert.equal(
    line(findings, 'node-ready', 'worker-1'),
    'pending: Talos does not see node worker-1, and Kubernetes has it Ready; behind it stands node-registered on worker-1, a mere warning',
  );
  assert.deepEqual(unresolved(findings), ['node-ready worker-1', 'node-schedulable worker-1']);
  const all = { 'node-registered': 'warn', 'node-ready': 'warn', 'node-schedulable': 'warn' } as const;
  assert.equal(verdict(under(all, unregistered), now), 'healthy');
});

test('a warning does not hide a lost quorum', () => {
  const lost = all(etcdStopped('cp-2'), etcdStopped('cp-3'));
  assert.ok(under({}, lost).some(({ check, status }) => check === 'etcd-quorum' && status !== 'pass'));
  const findings = under({ 'etcd-service': 'warn', 'etcd-leader': 'skip' }, lost);
  assert.ok(unresolved(findings).includes('etcd-quorum'), unresolved(findings).join());
});

test('no policy for one check hides a fault of another', () => {
  const ids = [...new Set(singleFaults.map(({ check }) => check))];
  for (const { check, node, fault } of singleFaults) {
    for (const other of ids.filter((id) => id !== check)) {
      for (const policy of ['skip', 'warn'] as const) {
        const findings = under({ [other]: policy }, fault);
        assert.ok(
          unresolved(findings).includes(node === undefined ? check : `${check} ${node}`),
          `${check} with ${other}: ${policy}`,
        );
      }
    }
  }
});

test('the policy strict turns a warning into a fault', () => {
  const odd: Fault = (snapshot) => ({ ...snapshot, cluster: { ...snapshot.cluster, workersKnown: false } });
  assert.equal(verdict(under({}, odd), now), 'healthy');
  const findings = under({ topology: 'strict' }, odd);
  assert.equal(
    line(findings, 'topology'),
    'pending: 3 control planes and 2 workers (discovery); the workers are unknown: without discovery, set worker-nodes (a fault by the input checks)',
  );
  assert.deepEqual(unresolved(findings), ['topology']);
});

test('a fault of another node keeps its root despite a warning', () => {
  const findings = under({ memory: 'warn' }, noSpace, unreachable('worker-2'));
  assert.deepEqual(unresolved(findings), ['api-reachable worker-2']);
  assert.equal(findingOf(findings, 'memory', 'worker-1').status, 'warn');
});

test('cordoned: fail, warn or ignore', () => {
  const cordoned = onNode('worker-1', () => ({
    nodeStatuses: ok([{ nodename: 'worker-1', ready: true, unschedulable: true }]),
  }));
  const judge = (given: 'fail' | 'warn' | 'ignore') => {
    const findings = evaluate(withFaults(healthySnapshot(), cordoned), { ...options, cordoned: given });
    return [line(findings, 'node-schedulable', 'worker-1'), verdict(findings, now)];
  };
  assert.deepEqual(judge('fail'), ['pending: the Kubernetes node is cordoned', 'unhealthy']);
  assert.deepEqual(judge('warn'), ['warn: the Kubernetes node is cordoned', 'healthy']);
  assert.deepEqual(judge('ignore'), [
    'skip: the Kubernetes node is cordoned, which the input cordoned has ignored',
    'healthy',
  ]);
  const unknown = withFaults(healthySnapshot(), unregistered);
  assert.match(line(evaluate(unknown, { ...options, cordoned: 'ignore' }), 'node-schedulable', 'worker-1'), /^blocked/);
});

test('ignored diagnostics do not count, others do', () => {
  const found = onNode('cp-1', () => ({
    diagnostics: ok([
      { id: 'kubelet-csr', message: 'a CSR waits', details: [] },
      { id: 'address-overlap', message: 'addresses overlap', details: [] },
    ]),
  }));
  const judge = (...ignoreDiagnostics: readonly string[]) =>
    line(evaluate(withFaults(healthySnapshot(), found), { ...options, ignoreDiagnostics }), 'diagnostics', 'cp-1');
  assert.equal(judge('kubelet-csr'), 'pending: addresses overlap (address-overlap)');
  assert.equal(judge('kubelet-csr', 'address-overlap'), 'pass: ignored: kubelet-csr, address-overlap');
  const unread = withFaults(
    healthySnapshot(),
    onNode('cp-1', () => ({ diagnostics: failed() })),
  );
  assert.match(
    line(evaluate(unread, { ...options, ignoreDiagnostics: ['kubelet-csr'] }), 'diagnostics', 'cp-1'),
    /^pending/,
  );
});
