import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ReadyzAnswer } from '../../src/kubernetes/model.ts';
import type { RememberedFacet } from '../../src/observe/facets/facet.ts';
import type { ApiServerWay } from '../../src/observe/snapshot.ts';
import type { FailureKind } from '../../src/talos/failure.ts';
import { findingOf, findingsWith, line, unresolved } from '../builders/evaluate.ts';
import { all, type Fault, onNode, podIs, serviceIs, unmet } from '../builders/faults.ts';
import { inKubernetes } from '../builders/kubernetes.ts';
import { failed, noKubernetes, ok, staticPod, staticPodStatus } from '../builders/snapshot.ts';

const readyz = (status: number, body = ''): Fault =>
  onNode('cp-1', () => ({ apiServer: ok({ url: 'https://10.0.0.1:6443/readyz', status, body }) }));

const reader: Fault = (snapshot) => ({ ...snapshot, kubernetes: noKubernetes });

const alsoWants = (node: string, ...ids: readonly string[]): Fault =>
  onNode(node, ({ staticPods }) => ({
    staticPods: ok([...(staticPods.ok ? staticPods.value : []), ...ids.map((id) => staticPod(id))]),
  }));

test('api-server-ready: the status of the pod is reported', () => {
  const is = (overrides: Parameters<typeof podIs>[2]): string =>
    line(findingsWith(podIs('cp-1', 'kube-apiserver', overrides)), 'api-server-ready', 'cp-1');
  assert.equal(is({}), 'pass: kube-apiserver is running and ready');
  assert.equal(is(null), 'pending: kube-apiserver is not running: the kubelet reports no such pod');
  assert.equal(
    is({ phase: 'Pending', ready: false, reason: 'ImagePullBackOff' }),
    'pending: kube-apiserver is Pending: ImagePullBackOff',
  );
  assert.equal(
    is({ ready: false, reason: 'CrashLoopBackOff: back-off' }),
    'pending: kube-apiserver is not ready: CrashLoopBackOff: back-off',
  );
  assert.equal(is({ phase: 'Succeeded', ready: false }), 'pending: kube-apiserver is Succeeded');
});

test('reports of an unhealthy kubelet do not pass', () => {
  const findings = findingsWith(serviceIs('cp-1', 'kubelet', { health: 'unhealthy', healthMessage: 'refused' }));
  for (const check of ['api-server-ready', 'control-plane-components', 'static-pods']) {
    assert.equal(
      line(findings, check, 'cp-1'),
      'blocked by services cp-1: not known: the kubelet, which reports it, is not well',
    );
  }
});

test('api-server-endpoint: any HTTP answer but an error passes', () => {
  assert.equal(line(findingsWith(readyz(200, 'ok')), 'api-server-endpoint', 'cp-1'), 'pass: /readyz says ready');
  assert.equal(
    line(findingsWith(readyz(401), reader), 'api-server-endpoint', 'cp-1'),
    'pass: reachable: it answers, and its readiness is not known: /readyz is closed to anonymous requests (401)',
  );
});

const way = (overrides: Partial<ApiServerWay>): Fault =>
  onNode('cp-1', ({ apiServerWay }) =>
    apiServerWay === undefined ? {} : { apiServerWay: { ...apiServerWay, ...overrides } },
  );
const silent = (kind: FailureKind, message = 'no answer'): Fault =>
  all(
    reader,
    onNode('cp-1', () => ({ apiServer: failed({ kind, message }) })),
  );
const ready = (...faults: readonly Fault[]): string => line(findingsWith(...faults), 'api-server-ready', 'cp-1');
const endpoint = (...faults: readonly Fault[]): string => line(findingsWith(...faults), 'api-server-endpoint', 'cp-1');

const unready = '[+]ping ok\n[-]etcd failed: reason withheld\n[-]poststarthook/x failed: reason withheld\n';

test('api-server-ready: a server that does not serve is one pending finding, whatever the status of its pod', () => {
  const cases: readonly (readonly [Fault, string])[] = [
    [silent('refused'), 'kube-apiserver refuses connections on port 6443'],
    [
      silent('timeout', 'it takes connections and does not answer within 5000 ms'),
      'kube-apiserver hangs: it takes connections and does not answer within 5000 ms',
    ],
    [silent('dropped', 'socket hang up'), 'kube-apiserver does not answer: socket hang up'],
    [
      all(reader, readyz(500, unready)),
      'kube-apiserver is not ready: /readyz answers 500: etcd failed: reason withheld; poststarthook/x failed: reason withheld',
    ],
  ];
  for (const [fault, words] of cases) {
    assert.equal(ready(fault), `pending: ${words}`);
    assert.equal(endpoint(fault), `blocked by api-server-ready cp-1: ${words}`);
    const probed = onNode('cp-1', ({ staticPods }) => ({
      staticPods: ok((staticPods.ok ? staticPods.value : []).map((pod) => ({ ...pod, probed: true }))),
    }));
    assert.equal(ready(fault, probed), `pending: ${words}`);
  }
});

test('api-server-ready: no answer is not a fault if the address may not lead to the machine', () => {
  const elsewhere = way({ talosPort: false });
  for (const fault of [silent('refused'), silent('timeout'), silent('connect-timeout'), silent('unresolved')]) {
    assert.equal(ready(fault, elsewhere), 'pass: kube-apiserver is running; whether it serves is not known from here');
    assert.equal(
      endpoint(fault, elsewhere),
      'warn: kube-apiserver gives no answer from here: no answer; it is not known whether this address leads to the machine',
    );
  }
  assert.equal(
    endpoint(reader, readyz(500, '[-]etcd failed'), elsewhere),
    'warn: /readyz answers 500: etcd failed; it is not known whether that is the kube-apiserver of this machine',
  );
});

test('api-server-ready: no answer at a shared address or at a tunnel is not a fault', () => {
  const shared: Fault = (snapshot) => ({
    ...snapshot,
    cluster: {
      ...snapshot.cluster,
      nodes: snapshot.cluster.nodes.map((node) =>
        node.name === 'cp-2' ? { ...node, addresses: [...node.addresses, '10.0.0.1'] } : node,
      ),
    },
  });
  assert.match(endpoint(silent('refused'), shared), /^warn: /);
  const local: Fault = onNode('cp-1', ({ node }) => ({ node: { ...node, address: '127.0.0.1', source: 'endpoint' } }));
  assert.match(endpoint(silent('refused'), local, way({ address: '127.0.0.1' })), /^warn: /);
});

test('api-server-ready: a connection timeout is a fault if another API server answers, or this one did before', () => {
  const vanishes = silent('connect-timeout', 'no connection within 5000 ms');
  const others = all(
    ...['cp-2', 'cp-3'].map((name) => onNode(name, () => ({ apiServer: failed({ kind: 'connect-timeout' }) }))),
  );
  const never = way({ contacted: false });
  const fault = 'pending: no connection to kube-apiserver: no connection within 5000 ms';
  assert.equal(ready(vanishes, never), fault);
  assert.equal(ready(vanishes, others), fault);
  assert.equal(
    ready(vanishes, others, never),
    'pass: kube-apiserver is running; whether it serves is not known from here',
  );
  assert.equal(
    endpoint(vanishes, others, never),
    'warn: no connection to port 6443: no connection within 5000 ms; a firewall may stand between',
  );
});

test('api-server-ready: a server that refuses anonymous requests is running, not ready', () => {
  assert.equal(
    ready(reader, readyz(401)),
    'pass: kube-apiserver is running: it answers, and its readiness is not known: /readyz is closed to anonymous requests (401)',
  );
  const probed = onNode('cp-1', () => ({ staticPods: ok([staticPod('kube-apiserver', { probed: true })]) }));
  assert.equal(ready(reader, readyz(401), probed), 'pass: kube-apiserver is running and ready');
});

test('api-server-ready: an authenticated answer with a verified certificate counts at any address', () => {
  const elsewhere = way({ talosPort: false });
  const own = (facet: RememberedFacet<ReadyzAnswer>): Fault =>
    inKubernetes(({ apiServers }) => ({ apiServers: new Map([...apiServers, ['10.0.0.1', facet]]) }));
  const lacks = own(ok({ status: 500, body: '[-]etcd failed' }));
  const unverified = inKubernetes(() => ({ verified: false }));
  const words = 'kube-apiserver is not ready: /readyz answers 500: etcd failed';
  assert.equal(ready(elsewhere, lacks), `pending: ${words}`);
  assert.match(ready(elsewhere, lacks, unverified), /^pass: /);
  // What is refused has not answered, unless the kubeconfig has a way of its own.
  const refused = onNode('cp-1', () => ({ apiServer: failed({ kind: 'refused' }) }));
  const input = inKubernetes(() => ({ kubeconfig: 'input' }));
  assert.equal(ready(refused), 'pending: kube-apiserver refuses connections on port 6443');
  assert.equal(ready(refused, input), 'pass: kube-apiserver is running and ready');
  // Silence does not make it better.
  const gone = failed({ kind: 'connect-timeout', message: 'no connection' });
  const then = { ...gone, last: { status: 500, body: '[-]etcd failed' } };
  const unreached = onNode('cp-1', () => ({ apiServer: gone }));
  assert.equal(ready(elsewhere, unreached, own(then)), `pending: ${words}; since then no connection`);
  assert.match(ready(elsewhere, unreached, own(gone)), /^pass: /);
  assert.equal(
    ready(readyz(401), own(failed({ kind: 'timeout', message: 'no answer within 5000 ms' }))),
    'pending: kube-apiserver hangs: no answer within 5000 ms',
  );
  assert.equal(
    ready(own(failed({ kind: 'not-authorized', code: 'HTTP 401', message: 'it answers 401' })), readyz(401)),
    'pending: kube-apiserver does not accept the kubeconfig, and others do: it answers 401',
  );
});

test('before the node is registered, only the API server is judged; other pods are unknown', () => {
  const unregistered = all(
    reader,
    onNode('cp-1', () => ({ nodeStatuses: ok([]), staticPodStatuses: ok([]) })),
  );
  const findings = findingsWith(unregistered);
  assert.deepEqual(unresolved(findings), ['node-registered cp-1']);
  assert.equal(line(findings, 'api-server-ready', 'cp-1'), 'pass: kube-apiserver is running and ready');
  const words = 'not known yet: the kubelet reports its static pods once its node is registered in Kubernetes';
  for (const check of ['control-plane-components', 'static-pods']) {
    assert.equal(line(findings, check, 'cp-1'), `blocked by node-registered cp-1: ${words}`);
  }
  assert.equal(
    ready(unregistered, silent('connect-timeout'), way({ talosPort: false })),
    `blocked by node-registered cp-1: ${words}`,
  );
  assert.equal(ready(unregistered, silent('refused')), 'pending: kube-apiserver refuses connections on port 6443');
});

test('control-plane-components: lists pods that are not ready and disabled components', () => {
  const off = (disabled: readonly string[]): string =>
    line(
      findingsWith(
        onNode('cp-1', ({ staticPods }) => ({
          staticPods: ok(staticPods.ok ? staticPods.value.filter(({ id }) => id !== 'kube-scheduler') : []),
          disabledComponents: ok(disabled),
        })),
      ),
      'control-plane-components',
      'cp-1',
    );
  assert.equal(off(['kube-scheduler']), 'pass: kube-controller-manager is running, kube-scheduler is disabled');
  assert.equal(off([]), 'pending: kube-scheduler is not among the static pods yet');
  assert.equal(
    line(
      findingsWith(podIs('cp-1', 'kube-scheduler', null), podIs('cp-1', 'kube-controller-manager', { ready: false })),
      'control-plane-components',
      'cp-1',
    ),
    'pending: kube-controller-manager is not ready; kube-scheduler is not running: the kubelet reports no such pod',
  );
});

test('missing static pods of the control plane have etcd as cause, not the kubelet', () => {
  const unwanted = onNode('cp-1', () => ({ staticPods: ok([]) }));
  const kubelet = serviceIs('cp-1', 'kubelet', { state: 'Failed', lastEvent: 'no image' });
  const findings = findingsWith(unwanted, kubelet);
  assert.equal(line(findings, 'api-server-ready', 'cp-1'), 'pending: kube-apiserver is not among the static pods yet');
  assert.equal(
    line(findingsWith(unwanted, serviceIs('cp-1', 'etcd', { state: 'Preparing' })), 'api-server-ready', 'cp-1'),
    'blocked by etcd-service cp-1: kube-apiserver is not among the static pods yet',
  );
  const scheduler = onNode('cp-1', ({ staticPods }) => ({
    staticPods: ok(staticPods.ok ? staticPods.value.filter(({ id }) => id !== 'kube-scheduler') : []),
  }));
  assert.equal(
    line(findingsWith(scheduler, kubelet), 'control-plane-components', 'cp-1'),
    'pending: kube-scheduler is not among the static pods yet',
  );
});

test('control-plane-components: a missing component is unknown if the configuration cannot be read', () => {
  const findings = findingsWith(
    onNode('cp-1', () => ({ staticPods: ok([staticPod('kube-apiserver')]), disabledComponents: failed() })),
  );
  assert.equal(
    line(findings, 'control-plane-components', 'cp-1'),
    'pending: which components of the control plane are disabled could not be read: deadline exceeded',
  );
});

test('a node that does not register is skipped, unless Talos waits for it', () => {
  const kept = onNode('worker-1', () => ({
    nodename: ok({ nodename: 'worker-1', skipNodeRegistration: true }),
    nodeStatuses: ok([]),
  }));
  const words = 'the machine configuration keeps it from registering as a Kubernetes node';
  for (const check of ['node-registered', 'node-ready', 'node-schedulable']) {
    assert.equal(line(findingsWith(kept), check, 'worker-1'), `skip: ${words}`);
  }
  const waits = findingsWith(
    reader,
    kept,
    unmet('worker-1', 'nodeReady', 'node "worker-1" status is not available yet'),
  );
  assert.equal(line(waits, 'node-registered', 'worker-1'), 'pending: Talos sees no Kubernetes node worker-1');
});

test('node-ready: a kubelet whose KubePrism reaches no API server follows from that', () => {
  const notReady = onNode('worker-1', () => ({
    kubePrism: ok(false),
    nodeStatuses: ok([{ nodename: 'worker-1', ready: false, unschedulable: false }]),
  }));
  assert.deepEqual(unresolved(findingsWith(notReady)), ['kubeprism worker-1']);
});

test('nodes: commands have the Kubernetes name of the node', () => {
  const findings = findingsWith(
    onNode('worker-1', () => ({
      nodename: ok({ nodename: 'w1.example.org', skipNodeRegistration: false }),
      nodeStatuses: ok([{ nodename: 'w1.example.org', ready: false, unschedulable: true }]),
    })),
  );
  assert.equal(line(findings, 'node-registered', 'worker-1'), 'pass: registered as w1.example.org');
  assert.equal(
    line(findings, 'node-ready', 'worker-1'),
    'pending: Talos sees node w1.example.org not ready, and Kubernetes has it Ready',
  );
  assert.equal(line(findings, 'node-schedulable', 'worker-1'), 'pending: the Kubernetes node is cordoned');
  assert.deepEqual(findingOf(findings, 'node-ready', 'worker-1').hint?.commands, [
    'talosctl -n 10.0.1.1 logs kubelet',
    'kubectl describe node w1.example.org',
  ]);
  assert.deepEqual(findingOf(findings, 'node-schedulable', 'worker-1').hint?.commands, [
    'kubectl uncordon w1.example.org',
  ]);
});

test('a node without a Kubernetes node name is pending', () => {
  const findings = findingsWith(onNode('worker-1', () => ({ nodename: failed({ kind: 'not-found' }) })));
  assert.equal(line(findings, 'node-registered', 'worker-1'), 'pending: it has no Kubernetes node name yet');
});

test('static-pods: pods that no other check covers are pending', () => {
  assert.equal(line(findingsWith(), 'static-pods', 'cp-1'), 'pass: 3 static pods running');
  assert.equal(line(findingsWith(), 'static-pods', 'worker-1'), 'pass: none wanted');
  const scheduler = podIs('cp-1', 'kube-scheduler', { ready: false });
  assert.equal(
    line(findingsWith(scheduler), 'static-pods', 'cp-1'),
    'blocked by control-plane-components cp-1: kube-scheduler is not ready',
  );
  assert.equal(
    line(findingsWith(scheduler, alsoWants('cp-1', 'keepalived')), 'static-pods', 'cp-1'),
    'pending: kube-scheduler is not ready; keepalived is not running: the kubelet reports no such pod',
  );
});

test('static-pods: a succeeded pod passes if its restart policy allows it', () => {
  const once = onNode('cp-1', ({ staticPods, staticPodStatuses }) => ({
    staticPods: ok([...(staticPods.ok ? staticPods.value : []), staticPod('once', { restartPolicy: 'Never' })]),
    staticPodStatuses: ok([
      ...(staticPodStatuses.ok ? staticPodStatuses.value : []),
      staticPodStatus('once', 'cp-1', { phase: 'Succeeded', ready: false }),
    ]),
  }));
  assert.equal(line(findingsWith(once), 'static-pods', 'cp-1'), 'pass: 4 static pods running');
});

test('static-pods: a worker without pod statuses is skipped', () => {
  const wants = alsoWants('worker-1', 'proxy', 'agent');
  assert.equal(
    line(findingsWith(wants), 'static-pods', 'worker-1'),
    'skip: a worker does not tell Talos how its static pods fare: proxy, agent',
  );
  const tells = onNode('worker-1', () => ({
    staticPodStatuses: ok([staticPodStatus('proxy', 'worker-1', { ready: false })]),
  }));
  assert.equal(
    line(findingsWith(wants, tells), 'static-pods', 'worker-1'),
    'pending: proxy is not ready; agent is not running: the kubelet reports no such pod',
  );
});

test('static-pods: an unmet condition of Talos is pending even if every pod is ready', () => {
  assert.equal(
    line(findingsWith(unmet('cp-1', 'staticPods', 'kube-system/old-cp-1 not ready')), 'static-pods', 'cp-1'),
    'pending: kube-system/old-cp-1 not ready',
  );
});
