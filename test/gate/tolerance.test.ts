import assert from 'node:assert/strict';
import { test } from 'node:test';
import { evaluate } from '../../src/gate/evaluate.ts';
import { healthyNodes, unhealthyNodes, verdict } from '../../src/gate/verdict.ts';
import type { CheckOptions } from '../../src/inputs/options.ts';
import type { Snapshot } from '../../src/observe/snapshot.ts';
import { findingOf, line, options, unresolved } from '../builders/evaluate.ts';
import { type Fault, facetFailed, onEveryNode, onNode, stage, unreachable, withFaults } from '../builders/faults.ts';
import { condition, kubernetesNodeIs, kubernetesPodIs, withKubernetes } from '../builders/kubernetes.ts';
import { healthySnapshot, ok } from '../builders/snapshot.ts';

const now = { deadlinePassed: true, cancelled: false };

function judge(given: Partial<CheckOptions>, ...faults: readonly Fault[]) {
  return of(healthySnapshot({ controlPlanes: 3, workers: 5 }), given, ...faults);
}

function of(snapshot: Snapshot, given: Partial<CheckOptions>, ...faults: readonly Fault[]) {
  const findings = evaluate(withFaults(snapshot, ...faults), { ...options, ...given });
  return { findings, verdict: verdict(findings, now), unresolved: unresolved(findings) };
}

const atLeast = (count: number) => ({ minHealthyWorkers: { count } });
const percent = (share: number) => ({ minHealthyWorkers: { percent: share } });

test('if enough workers are healthy, faults of the others are warnings with the counts', () => {
  const { findings, ...rest } = judge(percent(80), unreachable('worker-2'));
  assert.deepEqual(rest, { verdict: 'healthy', unresolved: [] });
  const why = '4 of 5 workers healthy, min-healthy-workers asks for 4';
  const { status, message, hint, excused } = findingOf(findings, 'api-reachable', 'worker-2');
  assert.equal(status, 'warn');
  assert.ok(message.endsWith(` (${why})`), message);
  assert.notEqual(hint, undefined);
  assert.equal(excused, 'enough-workers');
  assert.equal(line(findings, 'services', 'worker-2'), `skip: not known, behind api-reachable: ${why}`);
  assert.deepEqual(unhealthyNodes(findings), ['worker-2']);
  assert.equal(healthyNodes(findings).includes('worker-2'), false);
  assert.equal(healthyNodes(findings).length, 7);
});

test('a worker is healthy if all that is wrong with it is a peer of KubeSpan that is tolerated', () => {
  const misses = onEveryNode(({ node }) => ({
    kubeSpanPeers: ok([{ id: 'a', label: node.name === 'worker-2' ? 'cp-1' : 'worker-2', state: 'down' }]),
  }));
  const { findings, ...rest } = judge(atLeast(4), misses, unreachable('worker-2'));
  assert.deepEqual(rest, { verdict: 'healthy', unresolved: [] });
  assert.match(line(findings, 'kubespan', 'worker-1'), /^warn: the peer worker-2 is down/);
});

test('a worker that KubeSpan does not connect with anybody is tolerated, and so is that the others miss it', () => {
  const everyone = ['cp-1', 'cp-2', 'cp-3', ...[1, 2, 3, 4, 5].map((n) => `worker-${n}`)];
  const cutOff = onEveryNode(({ node }) => ({
    kubeSpanPeers: ok(
      everyone
        .filter((name) => name !== node.name)
        .map((name) => ({
          id: name,
          label: name,
          state: node.name === 'worker-2' || name === 'worker-2' ? 'down' : 'up',
        })),
    ),
  }));
  assert.deepEqual(judge(atLeast(5), cutOff).unresolved, ['kubespan worker-2']);
  const { findings, ...rest } = judge(atLeast(4), cutOff);
  assert.deepEqual(rest, { verdict: 'healthy', unresolved: [] });
  assert.deepEqual(unhealthyNodes(findings), ['worker-2']);
});

test('below the minimum, faults of workers fail the cluster', () => {
  const two = [unreachable('worker-2'), stage('worker-3', 'booting')];
  assert.deepEqual(judge(percent(80), ...two).unresolved, ['api-reachable worker-2', 'boot-finished worker-3']);
  assert.deepEqual(judge(atLeast(4), ...two).verdict, 'unhealthy');
  assert.deepEqual(judge(atLeast(3), ...two).verdict, 'healthy');
});

test('a percentage is rounded up', () => {
  assert.equal(judge(percent(79), unreachable('worker-2')).verdict, 'healthy');
  assert.equal(judge(percent(81), unreachable('worker-2')).verdict, 'unhealthy');
  assert.equal(judge(percent(0), unreachable('worker-2')).verdict, 'healthy');
});

test('faults of control planes and etcd are not tolerated', () => {
  assert.deepEqual(judge(percent(0), unreachable('cp-2')).unresolved, ['api-reachable cp-2']);
  assert.deepEqual(judge(percent(0), unreachable('cp-2'), unreachable('worker-1')).unresolved, ['api-reachable cp-2']);
});

test('a fault of the caller on a worker ends the wait', () => {
  const denied = facetFailed('worker-1', 'services', { kind: 'not-authorized', layer: 'caller', message: 'no' });
  assert.equal(judge(percent(0), denied).verdict, 'error');
});

test('without a list of the workers, the minimum is never met', () => {
  const unlisted = healthySnapshot({ controlPlanes: 3, workers: 0 });
  const blind = { ...unlisted, cluster: { ...unlisted.cluster, source: 'endpoint', workersKnown: false } } as const;
  assert.equal(of(blind, {}).verdict, 'healthy');
  assert.equal(
    line(of(blind, atLeast(1)).findings, 'expected-nodes'),
    'pending: the workers are not known, and min-healthy-workers is about them',
  );
  assert.deepEqual(of(blind, percent(50)).unresolved, ['expected-nodes']);
  assert.deepEqual(of(blind, { expected: { workers: 2 } }).unresolved, ['expected-nodes']);
});

test('a cluster with fewer workers than the minimum is not healthy', () => {
  const { findings, unresolved: red } = judge(atLeast(6));
  assert.deepEqual(red, ['expected-nodes']);
  assert.equal(
    line(findings, 'expected-nodes'),
    'pending: found 5 workers (worker-1, worker-2, worker-3, worker-4, worker-5), and min-healthy-workers asks for 6',
  );
});

test('the percentage is of the expected workers, and one that never joined is not healthy', () => {
  const expected = { expected: { workers: 6 } };
  assert.equal(
    line(judge({ ...expected, ...percent(80) }).findings, 'expected-nodes'),
    'warn: expected 6 workers, found 5 (worker-1, worker-2, worker-3, worker-4, worker-5); min-healthy-workers asks for 5',
  );
  assert.deepEqual(judge({ ...expected, ...percent(80) }, unreachable('worker-1')).unresolved, [
    'api-reachable worker-1',
  ]);
  assert.deepEqual(judge({ ...expected, ...percent(90) }).unresolved, ['expected-nodes']);
});

test('with only-nodes, the percentage is of the selected workers', () => {
  const two = { onlyNodes: ['worker-1', 'worker-2'], ...percent(50) };
  assert.equal(judge(two, unreachable('worker-2')).verdict, 'healthy');
  assert.equal(judge(two, unreachable('worker-2'), unreachable('worker-1')).verdict, 'unhealthy');
});

test('expected-workers decides whether a listed member is considered gone', () => {
  const gone = unreachable('worker-4', { kind: 'no-route', message: 'no route to host' });
  assert.deepEqual(judge({}, gone).unresolved, ['api-reachable worker-4']);
  const { findings, ...rest } = judge({ expected: { workers: 4 } }, gone);
  assert.deepEqual(rest, { verdict: 'healthy', unresolved: [] });
  assert.equal(
    line(findings, 'expected-nodes'),
    'warn: 3 control planes and 4 workers; worker-4 still listed by discovery, without an answer, and taken for gone',
  );
  assert.match(
    line(findings, 'api-reachable', 'worker-4'),
    /^warn: .* \(it is taken for gone: without it there are as many nodes as there should be\)$/,
  );
  assert.deepEqual(unhealthyNodes(findings), []);
  assert.equal(healthyNodes(findings).includes('worker-4'), false);
});

test('a node that is the only selected one is not considered gone', () => {
  const expected = { workers: 4 };
  const gone = unreachable('worker-4');
  assert.deepEqual(judge({ expected, onlyNodes: ['worker-4'] }, gone).unresolved, ['api-reachable worker-4']);
  assert.deepEqual(judge({ expected, onlyNodes: ['worker-3', 'worker-4'] }, gone).verdict, 'healthy');
});

test('a node is not considered gone if an expected one is missing, or if it answers', () => {
  const gone = unreachable('worker-4');
  assert.deepEqual(judge({ expected: { workers: 4 } }, gone, unreachable('worker-1')).unresolved, [
    'api-reachable worker-1',
    'api-reachable worker-4',
    'expected-nodes',
  ]);
  assert.deepEqual(judge({ expected: { workers: 4 } }).unresolved, ['expected-nodes']);
});

test('a node is not considered gone if it was given, or if its endpoint fails', () => {
  const snapshot = healthySnapshot({ controlPlanes: 3, workers: 5 });
  const given: Fault = (before) => ({ ...before, cluster: { ...before.cluster, source: 'given' } });
  assert.ok(of(snapshot, { expected: { workers: 4 } }, given, unreachable('worker-4')).unresolved.length > 0);
  const endpoint = unreachable('worker-4', { kind: 'dropped', layer: 'endpoint' });
  assert.ok(of(snapshot, { expected: { workers: 4 } }, endpoint).unresolved.length > 0);
});

test('a worker that joins during the wait is unexpected', () => {
  assert.equal(
    line(judge({ expected: { workers: 4, controlPlanes: 3 } }).findings, 'expected-nodes'),
    'pending: expected 4 workers, found 5 (worker-1, worker-2, worker-3, worker-4, worker-5)',
  );
  assert.equal(
    line(judge({ expected: { workers: 5, controlPlanes: 5 } }).findings, 'expected-nodes'),
    'pending: expected 5 control planes, found 3 (cp-1, cp-2, cp-3)',
  );
  assert.equal(
    line(judge({ expected: { workers: 5, controlPlanes: 3 } }).findings, 'expected-nodes'),
    'pass: 3 control planes and 5 workers',
  );
});

test('a fault of a worker that is a warning blocks none of its checks', () => {
  const small = onNode('worker-1', () => ({ memory: ok(1024) }));
  const { findings, ...rest } = judge(percent(80), small);
  assert.deepEqual(rest, { verdict: 'healthy', unresolved: [] });
  assert.equal(line(findings, 'node-ready', 'worker-1'), 'pass: Ready');
});

test('a check that is not enabled has no finding', () => {
  const { findings } = judge({});
  for (const check of ['expected-nodes', 'talos-version', 'kubernetes-version']) {
    assert.equal(
      findings.some((finding) => finding.check === check),
      false,
    );
  }
});

test('pods on every node may fail with tolerated nodes; pods placed on one node may not', () => {
  const snapshot = withKubernetes(healthySnapshot({ controlPlanes: 3, workers: 5 }));
  const notReady = [condition('Ready', 'False', 'NodeStatusUnknown', 'Kubelet stopped posting node status.')];
  const dead: readonly Fault[] = [
    unreachable('worker-2'),
    kubernetesNodeIs('worker-2', { conditions: notReady }),
    kubernetesPodIs('kube-proxy-worker-2', { conditions: notReady }),
  ];
  const judged = of(snapshot, percent(80), ...dead);
  assert.deepEqual([judged.verdict, judged.unresolved], ['healthy', []]);
  assert.equal(
    line(judged.findings, 'kube-proxy'),
    'warn: 7 of 8 pods ready; kube-proxy-worker-2 is not ready: NodeStatusUnknown: Kubelet stopped posting node status. (worker-2); behind it stands api-reachable on worker-2, a mere warning',
  );
  const dns = kubernetesPodIs('kube-dns-cp-2', { node: 'worker-2', conditions: notReady });
  assert.deepEqual(of(snapshot, percent(80), ...dead, dns).unresolved, ['coredns']);
  assert.deepEqual(of(snapshot, {}, ...dead, dns).unresolved, ['api-reachable worker-2']);
});
