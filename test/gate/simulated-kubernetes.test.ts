import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { type SimulatedCluster, startCluster } from '../../sim/cluster.ts';
import type { FaultName } from '../../sim/faults/faults.ts';
import { followInLog } from '../../src/hosts/progress.ts';
import type { Report } from '../../src/report/model.ts';
import { run } from '../builders/run.ts';
import { having, look } from './simulated.ts';

let cluster: SimulatedCluster;
before(async () => {
  cluster = await startCluster();
});
after(() => cluster.stop());
afterEach(() => cluster.healAll());

/** Gates with an interval that no test waits for: what is told later than at once was told by a watch. */
async function gate(onLine: (line: string) => void, inputs: Readonly<Record<string, string>> = {}): Promise<Report> {
  return await run(
    { talosconfig: cluster.talosconfig('os:admin'), 'wait-timeout': '1m', 'retry-interval': '1m', ...inputs },
    {
      env: {},
      mask: () => undefined,
      follow: (span) => followInLog(onLine, span),
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
  test(`${fault}: the end of it wakes the gate`, async () => {
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

test('a server that does not keep the past is listed again', async () => {
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

test('what is not so in Kubernetes is red at the deadline, and named', async () => {
  await cluster.fault('kube-proxy-not-ready', 'worker-2');
  const report = await gate(() => undefined, { 'wait-timeout': '0' });
  assert.equal(report.verdict, 'unhealthy');
  assert.deepEqual([report.outputs.failedStage, report.outputs.failedChecks], ['workloads', ['kube-proxy']]);
});

test('another control plane to ask than the kubeconfig names', async () => {
  const report = await gate(() => undefined, {
    'wait-timeout': '0',
    'k8s-endpoint': cluster.nodes[2]?.kubernetes ?? '',
    kubernetes: 'required',
  });
  assert.equal(report.verdict, 'healthy');
});

test('API servers that tell strangers nothing tell an admin what they lack', async () => {
  await using closed = await startCluster({ workers: 0, anonymousProbes: false });
  await closed.fault('apiserver-readyz-unnoticed', 'cp-2');
  const unresolved = async (role: 'os:admin' | 'os:reader'): Promise<readonly string[]> =>
    having((await look(closed, { role })).findings, 'pending', 'fail');
  assert.deepEqual(await unresolved('os:admin'), ['api-server-ready@cp-2']);
  assert.deepEqual(await unresolved('os:reader'), []);
});

test('a worker that joins is a part of both, and one that leaves its node behind is unexpected', async () => {
  await using scaled = await startCluster({ controlPlanes: 1, workers: 1, spareWorkers: 1 });
  const unresolved = async (): Promise<readonly string[]> =>
    having((await look(scaled, { role: 'os:admin' })).findings, 'pending', 'fail');
  await scaled.join('worker-2');
  assert.deepEqual(await unresolved(), []);
  await scaled.leave('worker-2', { registered: true });
  assert.deepEqual(await unresolved(), ['no-unexpected-nodes']);
});

test('CoreDNS is known to be bad, and then the API falls silent until the deadline: red, and it is said', async () => {
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

test('a single control plane whose API server hangs is red at once, by its API server', async () => {
  await using alone = await startCluster({ controlPlanes: 1, workers: 1 });
  await alone.fault('apiserver-hangs', 'cp-1');
  for (const role of ['os:reader', 'os:admin'] as const) {
    const { findings } = await look(alone, { role, inputs: { 'rpc-timeout': '1s' } });
    assert.deepEqual(having(findings, 'pending', 'fail'), ['api-server-ready@cp-1']);
  }
});

test('the port of Kubernetes, given for that of Talos, is recognised', async () => {
  const endpoints = cluster.nodes.slice(0, 1).flatMap(({ kubernetes }) => kubernetes ?? []);
  const { findings } = await look(cluster, { talosconfig: { endpoints } });
  const [first] = findings.filter(({ status }) => status === 'pending');
  assert.match(first?.message ?? '', /what answers there is not the Talos API: a kube-apiserver answers there$/);
  assert.match(first?.hint?.text ?? '', /the Talos API listens on TCP port 50000/);
});
