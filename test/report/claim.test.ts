import assert from 'node:assert/strict';
import { test } from 'node:test';
import { evaluate } from '../../src/gate/evaluate.ts';
import { verdict } from '../../src/gate/verdict.ts';
import type { RawInputs } from '../../src/inputs/table.ts';
import { renderJson } from '../../src/report/files/json.ts';
import { renderJunit } from '../../src/report/files/junit.ts';
import { renderSummary } from '../../src/report/markdown/summary.ts';
import type { Report } from '../../src/report/model.ts';
import { finalText, shortText } from '../../src/report/terminal/console.ts';
import { headline } from '../../src/report/text.ts';
import { all, type Fault, onEveryNode, onNode, unreachable, withFaults } from '../builders/faults.ts';
import { withKubernetes } from '../builders/kubernetes.ts';
import { reportOf } from '../builders/report.ts';
import { endpointsAre } from '../builders/scenarios.ts';
import { assertConsistentReport } from '../builders/schema.ts';
import { healthySnapshot, ok } from '../builders/snapshot.ts';
import { optionsOf } from '../inputs/parse.ts';

/** The report of one round for a cluster of 3 control planes and 2 workers. */
async function reportWith(inputs: RawInputs, ...faults: readonly Fault[]): Promise<Report> {
  const options = await optionsOf({ 'wait-timeout': '0', ...inputs });
  const whole = options.kubernetes.use === 'off' ? healthySnapshot() : withKubernetes(healthySnapshot());
  const snapshot = withFaults(whole, ...faults);
  const findings = evaluate(snapshot, options);
  const name = verdict(findings, { deadlinePassed: true, cancelled: false }) ?? 'unhealthy';
  const report = reportOf([], findings, { snapshot, options, verdict: name, reason: '' });
  assertConsistentReport(renderJson(report));
  return report;
}

const cordonedWorker = onNode('worker-1', () => ({
  nodeStatuses: ok([{ nodename: 'worker-1', ready: true, unschedulable: true }]),
}));
const littleMemory = onNode('worker-1', () => ({ memory: ok(1024) }));
const withoutThird = onEveryNode(({ etcdMembers }) =>
  etcdMembers.ok ? { etcdMembers: ok(etcdMembers.value.filter(({ id }) => id !== 'e3')) } : {},
);
/** Discovery listed cp-3 at the start of the run; now it is neither there nor in etcd. */
const scaledDown = all(
  withoutThird,
  unreachable('cp-3'),
  onNode('cp-3', ({ node }) => ({ node: { ...node, vanished: true } })),
);
const whole = '';

/** The claim with these inputs, as in the headline. */
const rows: readonly (readonly [inputs: RawInputs, claim: string, ...faults: readonly Fault[]])[] = [
  [{}, whole],
  [{ profile: 'strict' }, whole],
  [{ until: 'workloads' }, whole],
  [{ 'only-nodes': '*' }, whole],
  [{ cordoned: 'fail', 'min-healthy-workers': '1', 'expected-workers': '2', checks: '{disk: fail}' }, whole],
  [{ until: 'connectivity' }, 'stages up to connectivity, 5 of 5 nodes'],
  [{ until: 'etcd', kubernetes: 'off' }, 'stages up to etcd, 5 of 5 nodes'],
  [{ profile: 'pre-cni' }, 'stages up to static-pods (profile), 5 of 5 nodes, without node-ready (profile)'],
  [
    { profile: 'pre-cni', checks: '{coredns: fail, node-ready: fail}' },
    'stages up to static-pods and coredns (profile), 5 of 5 nodes',
  ],
  [{ 'only-nodes': 'cp-1,cp-2' }, '2 of 5 nodes (only-nodes)'],
  [
    { 'only-nodes': 'cp-1,worker-1', checks: '{coredns: skip, kube-proxy: skip}' },
    '2 of 5 nodes (only-nodes), without kube-proxy and coredns (checks)',
  ],
  [{ checks: '{memory: warn}' }, '5 of 5 nodes, memory only as a warning (checks)', littleMemory],
  [{ cordoned: 'warn' }, '5 of 5 nodes, node-schedulable only as a warning (cordoned)', cordonedWorker],
  [{ cordoned: 'ignore' }, '5 of 5 nodes, without regard to cordoned nodes (cordoned)', cordonedWorker],
  [{ cordoned: 'ignore', until: 'etcd' }, 'stages up to etcd, 5 of 5 nodes'],
  [
    { 'ignore-diagnostics': 'address-overlap' },
    '5 of 5 nodes, without the diagnostics address-overlap (ignore-diagnostics)',
  ],
  [{ kubernetes: 'off' }, '5 of 5 nodes, without the Kubernetes API (kubernetes)'],
  [
    { 'min-healthy-workers': '1' },
    '5 of 5 nodes, 1 worker unhealthy and not counted (min-healthy-workers)',
    unreachable('worker-2'),
  ],
  [
    { 'expected-workers': '1' },
    '4 of 5 nodes, 1 worker taken for gone and not counted (expected-workers)',
    unreachable('worker-2'),
  ],
  [
    { 'expected-control-planes': '2' },
    '4 of 5 nodes, 1 control plane taken for gone and not counted (expected-control-planes)',
    withoutThird,
    unreachable('cp-3'),
  ],
  [{}, '4 of 5 nodes, 1 control plane taken for gone and not counted (no longer in discovery and etcd)', scaledDown],
];

for (const [inputs, claim, ...faults] of rows) {
  test(`${JSON.stringify(inputs)}: ${claim === whole ? 'the whole cluster' : claim}`, async () => {
    const report = await reportWith(inputs, ...faults);
    assert.equal(report.verdict, 'healthy');
    const expected = claim === whole ? '✅ prod: healthy' : `✅ prod: healthy as far as judged: ${claim}`;
    assert.equal(headline(report), expected);
    assert.equal(report.outputs.claim, claim);
    assert.equal(report.claim?.narrowed, claim !== whole);
    assert.ok(finalText(report).split('\n').includes(expected));
    assert.equal(shortText(report), `${expected}\n`);
    const visible = renderSummary(report)
      .split('\n')[0]
      ?.replaceAll(/&#(\d+);/g, (_, code) => String.fromCharCode(code));
    assert.equal(visible, `## ${expected}`);
    assert.equal(renderJunit(report).includes(`>${expected}</system-out>`), claim !== whole);
  });
}

test('the claim of an unhealthy cluster is below the headline', async () => {
  const report = await reportWith({ until: 'etcd' }, unreachable('cp-2'));
  assert.equal(headline(report), '❌ prod: not healthy');
  assert.match(finalText(report), / and 1 round\. Judged: stages up to etcd, 5 of 5 nodes\.\n/);
  assert.doesNotMatch(finalText(await reportWith({}, unreachable('cp-2'))), /Judged/);
});

test('a node outside of only-nodes is neither judged nor healthy', async () => {
  const { outputs, claim } = await reportWith({ 'only-nodes': 'controlplane' }, unreachable('worker-1'));
  assert.deepEqual(outputs.healthyNodes, ['cp-1', 'cp-2', 'cp-3']);
  assert.deepEqual(claim?.nodes, { known: 5, judged: ['cp-1', 'cp-2', 'cp-3'], input: 'only-nodes' });
});

test('blocked findings are not judged, and do not narrow the claim', async () => {
  const { claim, outputs } = await reportWith({}, unreachable('worker-1'));
  assert.deepEqual([claim?.narrowed, outputs.claim, claim?.nodes.judged.length], [false, whole, 5]);
  const shut = endpointsAre({ endpoint: '10.0.1.1:50000', state: 'worker' });
  const blocked = await reportWith({}, shut);
  assert.equal(blocked.verdict, 'error');
  assert.deepEqual([blocked.claim?.narrowed, blocked.claim?.nodes.judged], [false, []]);
});

test('the report has the options that affect the verdict, and no secrets', async () => {
  const { options } = await reportWith({
    profile: 'pre-cni',
    checks: '{disk: skip, memory: warn}',
    'only-nodes': 'worker-*',
    'ignore-diagnostics': 'address-overlap',
    cordoned: 'ignore',
    'min-healthy-workers': '80%',
    'expected-workers': '2',
    'expected-talos-version': '1.14',
    'min-certificate-days': '3',
    'k8s-endpoint': '10.0.0.9:6443',
    'wait-timeout': '5m',
    'stable-for': '30s',
    kubernetes: 'off',
  });
  assert.deepEqual(
    { ...options, checks: options?.checks.slice(0, 3) },
    {
      contextName: options?.contextName,
      endpoints: options?.endpoints,
      controlPlaneNodes: [],
      workerNodes: [],
      nodes: options?.nodes,
      onlyNodes: ['worker-*'],
      mode: 'client',
      profile: 'pre-cni',
      until: { stage: 'static-pods', input: 'profile' },
      checks: [
        { check: 'memory', policy: 'warn', input: 'checks' },
        { check: 'disk', policy: 'skip', input: 'checks' },
        { check: 'node-ready', policy: 'skip', input: 'profile' },
      ],
      ignoreDiagnostics: ['address-overlap'],
      cordoned: 'ignore',
      minHealthyWorkers: { percent: 80 },
      expected: { workers: 2, talosVersion: '1.14' },
      certificate: { minDays: 3, expiry: 'warn' },
      kubernetes: { use: 'off', kubeconfig: false, endpoint: '10.0.0.9:6443' },
      waitTimeoutSeconds: 300,
      stableForSeconds: 30,
      retryIntervalSeconds: 5,
      rpcTimeoutSeconds: 5,
    },
  );
});
