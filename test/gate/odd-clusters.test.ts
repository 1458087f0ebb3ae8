import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type SimulatedCluster, startCluster } from '../../sim/cluster.ts';
import type { Scenario } from '../../sim/model/scenario.ts';
import { verdict } from '../../src/gate/verdict.ts';
import { line } from '../builders/evaluate.ts';
import { type Access, having, observeOnce } from './simulated.ts';

/** One round: the verdict, faults, and warnings. */
async function seen(cluster: SimulatedCluster, inputs: Readonly<Record<string, string>> = {}, access: Access = {}) {
  const { findings } = await observeOnce(cluster, { ...access, inputs });
  return {
    findings,
    verdict: verdict(findings, { deadlinePassed: true, cancelled: false }),
    unresolved: having(findings, 'pending', 'fail'),
    warned: having(findings, 'warn'),
    skipped: new Set(having(findings, 'skip').map((one) => one.split('@')[0])),
  };
}

const healthy = { verdict: 'healthy', unresolved: [], warned: [] };
const well = ({ verdict: name, unresolved, warned }: Awaited<ReturnType<typeof seen>>) => ({
  verdict: name,
  unresolved,
  warned,
});

const admin: Access = { role: 'os:admin' };

const kinds: readonly (readonly [string, Partial<Scenario>, Access, readonly string[]])[] = [
  ['a single node', { controlPlanes: 1, workers: 0 }, {}, []],
  ['a single node, with os:admin', { controlPlanes: 1, workers: 0 }, admin, []],
  ['kube-proxy disabled', { kubeProxy: false }, admin, ['kube-proxy']],
  ['CoreDNS disabled', { coreDns: false }, admin, ['coredns']],
  ['an API server that rejects anonymous requests', { anonymousProbes: false }, admin, []],
  ['Talos 1.13', { talosVersion: 'v1.13.9' }, admin, []],
];

for (const [name, scenario, access, skipped] of kinds) {
  test(`${name}: healthy`, async () => {
    await using cluster = await startCluster(scenario);
    const found = await seen(cluster, {}, access);
    assert.deepEqual(well(found), healthy);
    for (const check of skipped) assert.ok(found.skipped.has(check), check);
  });
}

test('without Kubernetes, its checks are skipped for any role', async () => {
  await using cluster = await startCluster({ kubernetes: false });
  for (const access of [{}, admin]) {
    const found = await seen(cluster, {}, access);
    assert.deepEqual(well(found), healthy);
    for (const check of ['node-ready', 'api-server-ready', 'kubernetes-api', 'kube-proxy']) {
      assert.ok(found.skipped.has(check), check);
    }
    assert.ok(!found.skipped.has('etcd-quorum'));
  }
  assert.deepEqual((await seen(cluster, { 'expected-kubernetes-version': '1.36' })).verdict, 'unhealthy');
});

test('without a CNI, a cluster is healthy only with pre-cni', async () => {
  await using cluster = await startCluster({ cni: 'none' });
  for (const access of [{}, admin]) {
    assert.deepEqual(well(await seen(cluster, { profile: 'pre-cni' }, access)), healthy);
    assert.deepEqual(well(await seen(cluster, { until: 'control-plane' }, access)), healthy);
    const found = await seen(cluster, {}, access);
    assert.equal(found.verdict, 'unhealthy');
    assert.deepEqual(new Set(found.unresolved.map((one) => one.split('@')[0])), new Set(['node-ready']));
  }
  await cluster.fault('etcd-stopped', 'cp-2');
  assert.deepEqual((await seen(cluster, { profile: 'pre-cni' })).unresolved, ['etcd-service@cp-2']);
});

test('without discovery, workers are known only from given lists', async () => {
  await using cluster = await startCluster({ discovery: false });
  const address = (role: string) =>
    cluster.nodes
      .filter((node) => node.role === role)
      .map((node) => node.address)
      .join(',');
  const lists = { 'control-plane-nodes': address('controlplane'), 'worker-nodes': address('worker') };
  const blind = await seen(cluster);
  assert.deepEqual(well(blind), { ...healthy, warned: ['topology'] });
  assert.match(line(blind.findings, 'topology'), /the workers are unknown: without discovery, set worker-nodes/);
  assert.deepEqual((await seen(cluster, { profile: 'strict' })).unresolved, ['topology']);
  assert.deepEqual((await seen(cluster, { 'expected-workers': '2' })).unresolved, ['expected-nodes']);
  assert.deepEqual((await seen(cluster, { 'min-healthy-workers': '50%' })).unresolved, ['expected-nodes']);
  const given = { ...lists, 'expected-control-planes': '3', 'expected-workers': '2', profile: 'strict' };
  assert.deepEqual(well(await seen(cluster, given)), healthy);
});

test('a node in maintenance mode is reported as such, and is not healthy', async () => {
  await using cluster = await startCluster();
  await cluster.fault('node-maintenance', 'worker-2');
  const found = await seen(cluster, { 'min-healthy-workers': '2' });
  assert.deepEqual([found.verdict, found.unresolved], ['unhealthy', ['api-reachable@worker-2']]);
  const tolerant = await seen(cluster, { 'min-healthy-workers': '1' });
  assert.equal(tolerant.verdict, 'healthy');
  assert.match(
    line(tolerant.findings, 'api-reachable', 'worker-2'),
    /^warn: .*\(1 of 2 workers healthy, min-healthy-workers asks for 1\)$/,
  );
});

test('without discovery, workers are known from Kubernetes if there is access', async () => {
  await using cluster = await startCluster({ discovery: false });
  const found = await seen(cluster, {}, admin);
  assert.deepEqual(well(found), healthy);
  assert.match(line(found.findings, 'topology'), /^pass: 3 control planes and 2 workers \(kubernetes\)/);
  const strict = { profile: 'strict', 'expected-workers': '2' };
  assert.deepEqual(well(await seen(cluster, strict, admin)), healthy);
  await cluster.fault('kubelet-failed', 'worker-2');
  assert.ok((await seen(cluster, {}, admin)).unresolved.includes('services@worker-2'));
  assert.ok((await seen(cluster, { until: 'readiness' }, admin)).unresolved.includes('services@worker-2'));
});

test('with only workers given, control planes are found with and without discovery', async () => {
  for (const discovery of [true, false]) {
    await using cluster = await startCluster({ discovery });
    const workers = cluster.nodes.filter(({ role }) => role === 'worker').map(({ address }) => address);
    const lists = { 'worker-nodes': workers.join(',') };
    assert.deepEqual(well(await seen(cluster, lists)), healthy);
    await cluster.fault('etcd-stopped', 'cp-2');
    const found = await seen(cluster, lists);
    assert.equal(found.verdict, 'unhealthy');
    assert.ok(found.unresolved.includes('etcd-service@cp-2'), found.unresolved.join(' '));
  }
});

test('given lists that contradict discovery are reported with the mapping', async () => {
  await using cluster = await startCluster({ controlPlanes: 1, workers: 2 });
  const [cp, first, second] = cluster.nodes.map(({ address }) => address);
  const lists = { 'control-plane-nodes': `${cp},${first}`, 'worker-nodes': '127.0.0.9' };
  const { findings } = await seen(cluster, { ...lists, 'rpc-timeout': '300ms' });
  const words = line(findings, 'topology');
  assert.ok(words.includes(`${first} is given as a control plane, but discovery has worker-1 (${first}`), words);
  assert.ok(words.includes('127.0.0.9 is given as a worker, but discovery does not know it'), words);
  assert.ok(words.includes(`worker-2 (${second}`), words);
});

test('if workers join and leave, expected-workers decides', async () => {
  await using cluster = await startCluster({ spareWorkers: 1 });
  const two = { 'expected-workers': '2', 'rpc-timeout': '1s' };
  assert.deepEqual(well(await seen(cluster, two)), healthy);
  await cluster.join('worker-3');
  assert.deepEqual((await seen(cluster, two)).unresolved, ['expected-nodes']);
  assert.deepEqual(well(await seen(cluster, { ...two, 'expected-workers': '3' })), healthy);
  await cluster.leave('worker-1', { discovered: true });
  assert.deepEqual((await seen(cluster, { 'rpc-timeout': '1s' })).unresolved, ['api-reachable@worker-1']);
  const found = await seen(cluster, two);
  assert.deepEqual([found.verdict, found.unresolved], ['healthy', []]);
  assert.match(line(found.findings, 'expected-nodes'), /^warn: 3 control planes and 2 workers; worker-1 still listed/);
  await cluster.leave('worker-2');
  // Both listed nodes are expected, so the missing one is not considered gone.
  assert.deepEqual((await seen(cluster, two)).unresolved, ['api-reachable@worker-1']);
  await cluster.leave('worker-3');
  assert.deepEqual((await seen(cluster, two)).unresolved, ['api-reachable@worker-1', 'expected-nodes']);
});

test('only-nodes selects by role and by pattern', async () => {
  await using cluster = await startCluster();
  await cluster.fault('low-memory', 'worker-1');
  await cluster.fault('low-memory', 'cp-2');
  const unresolved = async (nodes: string) => (await seen(cluster, { 'only-nodes': nodes })).unresolved;
  assert.deepEqual(await unresolved('controlplane'), ['memory@cp-2']);
  assert.deepEqual(await unresolved('worker'), ['memory@worker-1']);
  assert.deepEqual(await unresolved('worker-? cp-1'), ['memory@worker-1']);
  assert.deepEqual(await unresolved('*-3 worker-2'), []);
  assert.deepEqual(await unresolved('db-*'), ['topology']);
});

test('expected versions are compared with every node, for os:reader and os:admin', async () => {
  await using cluster = await startCluster({ controlPlanes: 1, workers: 1 });
  for (const access of [{}, admin]) {
    const right = { 'expected-talos-version': '1.14', 'expected-kubernetes-version': 'v1.36.0' };
    assert.deepEqual(well(await seen(cluster, right, access)), healthy);
    const wrong = { 'expected-talos-version': '1.14.1', 'expected-kubernetes-version': '1.37' };
    assert.deepEqual((await seen(cluster, wrong, access)).unresolved, [
      'talos-version@cp-1',
      'talos-version@worker-1',
      'kubernetes-version@cp-1',
      'kubernetes-version@worker-1',
    ]);
  }
});

test('if Talos does not expose the kubelet version to os:reader, expecting one requires os:admin', async () => {
  await using cluster = await startCluster({ controlPlanes: 1, workers: 0 });
  await cluster.fault('resource-unsupported', 'cp-1', { type: 'KubeletStatuses.kubernetes.talos.dev' });
  const right = { 'expected-kubernetes-version': '1.36' };
  const found = await seen(cluster, right);
  assert.deepEqual([found.verdict, found.unresolved], ['error', ['kubernetes-version@cp-1']]);
  assert.deepEqual(well(await seen(cluster, right, admin)), healthy);
});

test('cordoned nodes, diagnostics and policies of a simulated cluster', async () => {
  await using cluster = await startCluster();
  await cluster.fault('node-cordoned', 'worker-1');
  await cluster.fault('diagnostic', 'worker-2');
  const unmoved = await seen(cluster);
  assert.deepEqual(unmoved.unresolved, ['diagnostics@worker-2', 'node-schedulable@worker-1']);
  const settled = await seen(cluster, { cordoned: 'warn', checks: '{diagnostics: warn}' });
  assert.deepEqual(well(settled), { ...healthy, warned: ['diagnostics@worker-2', 'node-schedulable@worker-1'] });
});
