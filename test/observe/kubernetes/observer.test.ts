import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { type SimulatedCluster, startCluster } from '../../../sim/cluster.ts';
import { openChannels } from '../../../src/observe/endpoints/channels.ts';
import { openEndpointPool } from '../../../src/observe/endpoints/pool.ts';
import { kubernetesFacetNames } from '../../../src/observe/facets/kubernetes.ts';
import { openKubernetes } from '../../../src/observe/kubernetes/observer.ts';
import type { KubernetesSnapshot } from '../../../src/observe/snapshot.ts';
import { startBlackHole } from '../../builders/black-hole.ts';
import { sendJson, serveKubernetes } from '../../builders/kubernetes-server.ts';
import { type Access, having, observeOnce, optionsFor } from '../../gate/simulated.ts';

let cluster: SimulatedCluster;
before(async () => {
  cluster = await startCluster();
});
after(() => cluster.stop());
afterEach(() => cluster.healAll());

interface Observed {
  readonly kubernetes: KubernetesSnapshot;
  readonly masked: readonly string[];
}

/** Observes only the Kubernetes API, and returns the masked secrets. */
async function observe(access: Access): Promise<Observed> {
  const options = await optionsFor(cluster, access);
  using channels = openChannels(options.endpoints, options.context);
  const masked: string[] = [];
  using kubernetes = openKubernetes(options, (secrets) => masked.push(...secrets()), new Set(kubernetesFacetNames));
  const limits = {
    rpcTimeout: options.rpcTimeout,
    deadline: Number.POSITIVE_INFINITY,
    signal: new AbortController().signal,
    now: Date.now,
  };
  const pool = openEndpointPool(channels);
  await pool.openSession(limits).answering();
  return { kubernetes: await kubernetes.observe(pool.client(limits), limits, []), masked };
}

const lines = async (access: Access, ...checks: readonly string[]): Promise<readonly string[]> =>
  (await observeOnce(cluster, access)).findings
    .filter(({ check, node }) => checks.includes(check) && (node === undefined || node === 'cp-1'))
    .map(({ check, status, message }) => `${check} ${status}: ${message}`);

test('with os:reader, Kubernetes is not queried and causes no calls', async () => {
  const { kubernetes, masked } = await observe({});
  assert.deepEqual(kubernetes, {
    access: false,
    why: "the talosconfig's role is os:reader and no kubeconfig is given",
    required: false,
  });
  assert.deepEqual(masked, []);
  cluster.resetCalls();
  const { findings } = await observeOnce(cluster);
  assert.deepEqual(
    cluster.calls.filter(({ method }) => method.includes('Kubeconfig')),
    [],
  );
  const why = "needs Kubernetes access: the talosconfig's role is os:reader and no kubeconfig is given";
  assert.deepEqual(
    findings
      .filter(({ status, message }) => status === 'skip' && !/ (configured|enabled)$/.test(message))
      .map(({ check, message }) => `${check}: ${message}`),
    [
      `kubernetes-api: ${why}`,
      ...['cp-1', 'cp-2', 'cp-3'].map(() => `control-plane-pods: ${why}`),
      `no-unexpected-nodes: ${why}`,
      `kube-proxy: ${why}`,
      `coredns: ${why}`,
    ],
  );
});

test('with os:admin, the kubeconfig is read from Talos and its secrets are masked', async () => {
  const { kubernetes, masked } = await observe({ role: 'os:admin' });
  assert.ok(kubernetes.access && kubernetes.nodes.ok && kubernetes.coredns.ok);
  assert.deepEqual([kubernetes.kubeconfig, kubernetes.required], ['talos', false]);
  assert.equal(kubernetes.nodes.value.length, 5);
  assert.ok(masked.some((secret) => Buffer.from(secret, 'base64').includes('PRIVATE KEY-----')));
});

test('with os:admin and kubernetes off, Kubernetes is not queried', async () => {
  const { kubernetes } = await observe({ role: 'os:admin', inputs: { kubernetes: 'off' } });
  assert.deepEqual(kubernetes, { access: false, why: 'the input kubernetes is off', required: false });
});

test('with os:reader and a kubeconfig, Kubernetes is queried', async () => {
  const inputs = { kubeconfig: cluster.kubeconfig({ user: 'viewer' }) };
  assert.deepEqual(await lines({ inputs }, 'kubernetes-api', 'coredns', 'control-plane-pods'), [
    `kubernetes-api pass: https://${cluster.nodes[0]?.kubernetes} says that it is ready`,
    'control-plane-pods pass: 3 pods ready',
    'coredns pass: 2 pods ready',
  ]);
});

test('an API server that cannot be reached is a warning, unless it is required', async () => {
  await using hole = await startBlackHole();
  const endpoint = `127.0.0.1:${hole.at.port}`;
  const inputs = { 'k8s-endpoint': endpoint, 'rpc-timeout': '1s' };
  const own = await observeOnce(cluster, { role: 'os:admin', inputs });
  assert.deepEqual(having(own.findings, 'pending', 'fail', 'blocked'), []);
  const [api, proxy] = await lines({ role: 'os:admin', inputs }, 'kubernetes-api', 'kube-proxy');
  assert.equal(
    api,
    `kubernetes-api warn: https://${endpoint} gives no answer: no connection within 1000 ms; a firewall may stand between, and what only the Kubernetes API tells is not judged`,
  );
  assert.equal(
    proxy,
    'kube-proxy skip: not looked at: the Kubernetes API cannot be reached from here: no connection within 1000 ms',
  );
  const counted = { ...inputs, kubernetes: 'required' };
  assert.deepEqual(having((await observeOnce(cluster, { role: 'os:admin', inputs: counted })).findings, 'pending'), [
    'kubernetes-api',
  ]);
});

test('an API server that refuses connections is a fault', async () => {
  const nowhere = { 'k8s-endpoint': '127.0.0.1:1' };
  const words = 'https://127.0.0.1:1 gives no answer: connect ECONNREFUSED 127.0.0.1:1';
  for (const access of [
    { role: 'os:admin', inputs: nowhere },
    { role: 'os:admin', inputs: { ...nowhere, kubernetes: 'required' } },
    { inputs: { ...nowhere, kubeconfig: cluster.kubeconfig() } },
  ] as const) {
    assert.deepEqual(await lines(access, 'kubernetes-api'), [`kubernetes-api pending: ${words}`]);
    const { findings } = await observeOnce(cluster, access);
    assert.deepEqual(having(findings, 'pending', 'fail'), ['kubernetes-api']);
  }
});

test('an API server that hangs delays a round no longer than the timeout of a call', async () => {
  await using server = await serveKubernetes(() => undefined);
  const inputs = { kubeconfig: server.kubeconfig, 'rpc-timeout': '100ms' };
  const { kubernetes } = await observe({ inputs });
  assert.ok(kubernetes.access);
  for (const facet of [kubernetes.readyz, kubernetes.nodes, kubernetes.pods]) {
    assert.ok(!facet.ok);
    assert.match(facet.error.message, /^no answer within \d+ ms$/);
  }
});

test('if an API server stops answering, its last answer is kept until the next one', async () => {
  let isSilent = false;
  await using server = await serveKubernetes((path, response) => {
    if (!isSilent) {
      const metadata = { name: 'coredns', generation: 1 };
      const items = path.includes('deployments') ? [{ metadata, spec: { replicas: 2 }, status: {} }] : [];
      sendJson(response, { metadata: { resourceVersion: '1' }, items });
    }
  });
  const options = await optionsFor(cluster, { inputs: { kubeconfig: server.kubeconfig } });
  using channels = openChannels(options.endpoints, options.context);
  using kubernetes = openKubernetes(options, () => undefined, new Set(kubernetesFacetNames));
  const coredns = async (rpcTimeout: number) => {
    const limits = {
      rpcTimeout,
      deadline: Number.POSITIVE_INFINITY,
      signal: new AbortController().signal,
      now: Date.now,
    };
    const seen = await kubernetes.observe(openEndpointPool(channels).client(limits), limits, []);
    assert.ok(seen.access);
    return seen.coredns;
  };
  const first = await coredns(20_000);
  assert.ok(first.ok && first.value.length === 1);
  isSilent = true;
  const second = await coredns(200);
  assert.ok(!second.ok);
  assert.deepEqual(second.last, first.value);
  isSilent = false;
  assert.ok((await coredns(20_000)).ok);
});

test('a kubeconfig that is rejected or whose user may not read ends the wait', async () => {
  const server = `https://${cluster.nodes[0]?.kubernetes}`;
  assert.deepEqual(
    await lines({ inputs: { kubeconfig: cluster.kubeconfig({ signedBy: 'stranger' }) } }, 'kubernetes-api'),
    [`kubernetes-api fail: ${server} does not accept the kubeconfig: it answers 401: Unauthorized`],
  );
  const [line] = await lines({ inputs: { kubeconfig: cluster.kubeconfig({ user: 'nobody' }) } }, 'kubernetes-api');
  assert.match(
    line ?? '',
    /^kubernetes-api fail: the kubeconfig's user may not read nodes, pods, DaemonSets, Deployments: it answers 403: nodes is forbidden/,
  );
});

test('a kubeconfig that cannot be used is a fault of the caller', async () => {
  const kubeconfig = cluster.kubeconfig().replace('current-context: ', 'current-context: not-');
  const [line] = await lines({ inputs: { kubeconfig } }, 'kubernetes-api');
  assert.equal(line, 'kubernetes-api fail: the kubeconfig has no cluster for its current context ("not-admin@demo")');
});

test('a server of another CA is not trusted', async () => {
  const inputs = { kubeconfig: cluster.kubeconfig({ trusts: 'stranger' }) };
  const [line] = await lines({ inputs }, 'kubernetes-api');
  assert.match(line ?? '', /^kubernetes-api pending: https:.* gives no answer: /);
});
