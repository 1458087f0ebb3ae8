import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { type SimulatedCluster, startCluster } from '../../sim/cluster.ts';
import type { FaultName } from '../../sim/faults/faults.ts';
import { logProgress } from '../../src/hosts/progress.ts';
import type { Report } from '../../src/report/model.ts';
import { run } from '../builders/run.ts';
import { having, observeOnce } from './simulated.ts';

let cluster: SimulatedCluster;
before(async () => {
  cluster = await startCluster();
});
after(() => cluster.stop());
afterEach(() => cluster.healAll());

/** Waits with an interval longer than any test: an early report proves that a watch triggered it. */
async function gate(onLine: (line: string) => void, inputs: Readonly<Record<string, string>> = {}): Promise<Report> {
  return await run(
    { talosconfig: cluster.talosconfig('os:admin'), 'wait-timeout': '1m', 'retry-interval': '1m', ...inputs },
    {
      env: {},
      mask: () => undefined,
      openProgress: (span) => logProgress(onLine, span),
      signal: AbortSignal.timeout(50_000),
    },
  );
}

const healing: readonly (readonly [FaultName, string | undefined, string])[] = [
  ['kube-proxy-not-ready', 'worker-1', 'workloads'],
  ['coredns-one-short', undefined, 'workloads'],
  ['kubernetes-extra-node', undefined, 'workloads'],
];

for (const [fault, node, stage] of healing) {
  test(`${fault}: the end of the fault wakes the gate`, async () => {
    await cluster.fault(fault, node);
    const lines: string[] = [];
    const report = await gate((line) => {
      lines.push(line);
      if (line.startsWith('⏳')) {
        void cluster.healAll();
      }
    });
    assert.equal(report.verdict, 'healthy', lines.join('\n'));
    assert.match(lines.join('\n'), new RegExp(`⏳ ${stage}: `));
  });
}

test('a server that does not keep old resource versions is listed again', async () => {
  await cluster.fault('kubernetes-forgets');
  await cluster.fault('coredns-not-ready');
  const report = await gate(
    (line) => {
      if (line.startsWith('⏳')) {
        void cluster.healAll();
      }
    },
    { 'retry-interval': '2s' },
  );
  assert.equal(report.verdict, 'healthy');
});

test('a fault in Kubernetes fails the cluster at the deadline, and is named', async () => {
  await cluster.fault('kube-proxy-not-ready', 'worker-2');
  const report = await gate(() => undefined, { 'wait-timeout': '0' });
  assert.equal(report.verdict, 'unhealthy');
  assert.deepEqual([report.outputs.failedStage, report.outputs.failedChecks], ['workloads', ['kube-proxy']]);
});

test('k8s-endpoint replaces the server of the kubeconfig', async () => {
  const report = await gate(() => undefined, {
    'wait-timeout': '0',
    'k8s-endpoint': cluster.nodes[2]?.kubernetes ?? '',
    kubernetes: 'required',
  });
  assert.equal(report.verdict, 'healthy');
});

test('API servers that reject anonymous requests report failing parts to an admin', async () => {
  await using closed = await startCluster({ workers: 0, anonymousProbes: false });
  await closed.fault('apiserver-readyz-unnoticed', 'cp-2');
  const unresolved = async (role: 'os:admin' | 'os:reader'): Promise<readonly string[]> =>
    having((await observeOnce(closed, { role })).findings, 'pending', 'fail');
  assert.deepEqual(await unresolved('os:admin'), ['api-server-ready@cp-2']);
  assert.deepEqual(await unresolved('os:reader'), []);
});

test('a worker that joins is in both lists, and one that leaves its Kubernetes node behind is unexpected', async () => {
  await using scaled = await startCluster({ controlPlanes: 1, workers: 1, spareWorkers: 1 });
  const unresolved = async (): Promise<readonly string[]> =>
    having((await observeOnce(scaled, { role: 'os:admin' })).findings, 'pending', 'fail');
  await scaled.join('worker-2');
  assert.deepEqual(await unresolved(), []);
  await scaled.leave('worker-2', { registered: true });
  assert.deepEqual(await unresolved(), ['no-unexpected-nodes']);
});

test('a known fault of CoreDNS remains if the API does not answer until the deadline', async () => {
  await cluster.fault('coredns-not-ready');
  const report = await gate(
    (line) => {
      if (line.startsWith('⏳ workloads')) {
        for (const name of ['cp-1', 'cp-2', 'cp-3']) {
          void cluster.fault('apiserver-hangs', name);
        }
      }
    },
    { 'wait-timeout': '10s', 'rpc-timeout': '2s', 'retry-interval': '1s' },
  );
  assert.equal(report.verdict, 'unhealthy');
  assert.ok(report.outputs.failedChecks.includes('coredns'), report.outputs.failedChecks.join());
  assert.match(report.findings.find(({ check }) => check === 'coredns')?.message ?? '', /of 2 pods ready/);
});

test('a single control plane whose API server hangs fails immediately, by its API server', async () => {
  await using alone = await startCluster({ controlPlanes: 1, workers: 1 });
  await alone.fault('apiserver-hangs', 'cp-1');
  for (const role of ['os:reader', 'os:admin'] as const) {
    const { findings } = await observeOnce(alone, { role, inputs: { 'rpc-timeout': '1s' } });
    assert.deepEqual(having(findings, 'pending', 'fail'), ['api-server-ready@cp-1']);
  }
});

test('the Kubernetes port given as the Talos port is recognized', async () => {
  const endpoints = cluster.nodes.slice(0, 1).flatMap(({ kubernetes }) => kubernetes ?? []);
  const { findings } = await observeOnce(cluster, { talosconfig: { endpoints } });
  const [first] = findings.filter(({ status }) => status === 'pending');
  assert.match(first?.message ?? '', /what answers there is not the Talos API: a kube-apiserver answers there$/);
  assert.match(first?.hint?.text ?? '', /the Talos API listens on TCP port 50000/);
});
