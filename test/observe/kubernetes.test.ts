import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { type SimulatedCluster, startCluster } from '../../sim/cluster.ts';
import { openChannels } from '../../src/observe/channels.ts';
import { openEndpointPool } from '../../src/observe/endpoint-pool.ts';
import { openKubernetes } from '../../src/observe/kubernetes.ts';
import type { KubernetesSnapshot } from '../../src/observe/snapshot.ts';
import { startBlackHole } from '../builders/black-hole.ts';
import { sendJson, serveKubernetes } from '../builders/kubernetes-server.ts';
import { having, type Looking, look, optionsFor } from '../gate/simulated.ts';

let cluster: SimulatedCluster;
before(async () => {
  cluster = await startCluster();
});
after(() => cluster.stop());
afterEach(() => cluster.healAll());

interface Seen {
  readonly kubernetes: KubernetesSnapshot;
  readonly masked: readonly string[];
}

/** The Kubernetes side alone, and what it had masked. */
async function see(looking: Looking): Promise<Seen> {
  const options = await optionsFor(cluster, looking);
  using channels = openChannels(options.endpoints, options.context);
  const masked: string[] = [];
  using kubernetes = openKubernetes(options, (secrets) => masked.push(...secrets()));
  const limits = {
    rpcTimeout: options.rpcTimeout,
    deadline: Number.POSITIVE_INFINITY,
    signal: new AbortController().signal,
    now: Date.now,
  };
  const pool = openEndpointPool(channels);
  await pool.enter(limits).answering();
  return { kubernetes: await kubernetes.observe(pool.within(limits), limits, []), masked };
}

const lines = async (looking: Looking, ...checks: readonly string[]): Promise<readonly string[]> =>
  (await look(cluster, looking)).findings
    .filter(({ check, node }) => checks.includes(check) && (node === undefined || node === 'cp-1'))
    .map(({ check, status, message }) => `${check} ${status}: ${message}`);

test('a reader asks nothing of Kubernetes, and costs no call more', async () => {
  const { kubernetes, masked } = await see({});
  assert.deepEqual(kubernetes, {
    access: false,
    why: "the talosconfig's role is os:reader and no kubeconfig is given",
    required: false,
  });
  assert.deepEqual(masked, []);
  cluster.resetCalls();
  const { findings } = await look(cluster);
  assert.deepEqual(
    cluster.calls.filter(({ method }) => method.includes('Kubeconfig')),
    [],
  );
  const why = "needs Kubernetes access: the talosconfig's role is os:reader and no kubeconfig is given";
  assert.deepEqual(
    findings.filter(({ status }) => status === 'skip').map(({ check, message }) => `${check}: ${message}`),
    [
      `kubernetes-api: ${why}`,
      ...['cp-1', 'cp-2', 'cp-3'].map(() => `control-plane-pods: ${why}`),
      `no-unexpected-nodes: ${why}`,
      `kube-proxy: ${why}`,
      `coredns: ${why}`,
    ],
  );
});

test('an admin gets a kubeconfig of Talos, whose secrets are masked', async () => {
  const { kubernetes, masked } = await see({ role: 'os:admin' });
  assert.ok(kubernetes.access && kubernetes.nodes.ok && kubernetes.coredns.ok);
  assert.deepEqual([kubernetes.kubeconfig, kubernetes.required], ['talos', false]);
  assert.equal(kubernetes.nodes.value.length, 5);
  assert.ok(masked.some((secret) => Buffer.from(secret, 'base64').includes('PRIVATE KEY-----')));
});

test('an admin who wants none of it', async () => {
  const { kubernetes } = await see({ role: 'os:admin', inputs: { kubernetes: 'off' } });
  assert.deepEqual(kubernetes, { access: false, why: 'the input kubernetes is off', required: false });
});

test('a reader with a kubeconfig', async () => {
  const inputs = { kubeconfig: cluster.kubeconfig({ user: 'viewer' }) };
  assert.deepEqual(await lines({ inputs }, 'kubernetes-api', 'coredns', 'control-plane-pods'), [
    `kubernetes-api pass: https://${cluster.nodes[0]?.kubernetes} says that it is ready`,
    'control-plane-pods pass: 3 pods ready',
    'coredns pass: 2 pods ready',
  ]);
});

test('an API server to which no packet finds its way is a warning, unless somebody counts on it', async () => {
  await using hole = await startBlackHole();
  const endpoint = `127.0.0.1:${hole.at.port}`;
  const inputs = { 'k8s-endpoint': endpoint, 'rpc-timeout': '1s' };
  const own = await look(cluster, { role: 'os:admin', inputs });
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
  assert.deepEqual(having((await look(cluster, { role: 'os:admin', inputs: counted })).findings, 'pending'), [
    'kubernetes-api',
  ]);
});

test('an API server that refuses connections is a fault', async () => {
  const nowhere = { 'k8s-endpoint': '127.0.0.1:1' };
  const words = 'https://127.0.0.1:1 gives no answer: connect ECONNREFUSED 127.0.0.1:1';
  for (const looking of [
    { role: 'os:admin', inputs: nowhere },
    { role: 'os:admin', inputs: { ...nowhere, kubernetes: 'required' } },
    { inputs: { ...nowhere, kubeconfig: cluster.kubeconfig() } },
  ] as const) {
    assert.deepEqual(await lines(looking, 'kubernetes-api'), [`kubernetes-api pending: ${words}`]);
    const { findings } = await look(cluster, looking);
    assert.deepEqual(having(findings, 'pending', 'fail'), ['kubernetes-api']);
  }
});

test('an API server that hangs holds back nobody for longer than a call may take', async () => {
  await using server = await serveKubernetes(() => undefined);
  const inputs = { kubeconfig: server.kubeconfig, 'rpc-timeout': '100ms' };
  const { kubernetes } = await see({ inputs });
  assert.ok(kubernetes.access);
  for (const facet of [kubernetes.readyz, kubernetes.nodes, kubernetes.pods]) {
    assert.ok(!facet.ok);
    assert.match(facet.error.message, /^no answer within \d+ ms$/);
  }
});

test('what an API said before it fell silent is kept beside the silence, and no longer than until it speaks', async () => {
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
  using kubernetes = openKubernetes(options, () => undefined);
  const coredns = async (rpcTimeout: number) => {
    const limits = {
      rpcTimeout,
      deadline: Number.POSITIVE_INFINITY,
      signal: new AbortController().signal,
      now: Date.now,
    };
    const seen = await kubernetes.observe(openEndpointPool(channels).within(limits), limits, []);
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

test('a kubeconfig that is not accepted, or whose user may not look, ends the wait', async () => {
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

test('a kubeconfig that cannot be used is the fault of whoever gave it', async () => {
  const kubeconfig = cluster.kubeconfig().replace('current-context: ', 'current-context: not-');
  const [line] = await lines({ inputs: { kubeconfig } }, 'kubernetes-api');
  assert.equal(line, 'kubernetes-api fail: the kubeconfig has no cluster for its current context ("not-admin@demo")');
});

test('a server of another authority is not trusted', async () => {
  const inputs = { kubeconfig: cluster.kubeconfig({ trusts: 'stranger' }) };
  const [line] = await lines({ inputs }, 'kubernetes-api');
  assert.match(line ?? '', /^kubernetes-api pending: https:.* gives no answer: /);
});
