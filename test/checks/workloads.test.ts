import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RememberedFacet } from '../../src/observe/facets/facet.ts';
import type { KubernetesFacets } from '../../src/observe/snapshot.ts';
import { findingOf, findingsWith, line, unresolved } from '../builders/evaluate.ts';
import { all, type Fault, onEveryNode, onNode, unreachable } from '../builders/faults.ts';
import {
  condition,
  crashes,
  inKubernetes,
  kubernetesNode,
  kubernetesNodeIs,
  kubernetesPodIs,
  notReady,
  pod,
} from '../builders/kubernetes.ts';
import { clusterNode, failed, noKubernetes, ok } from '../builders/snapshot.ts';

const server = 'https://10.0.0.1:6443';
const needing = ['kubernetes-api', 'no-unexpected-nodes', 'kube-proxy', 'coredns'];

const withPods = (...pods: readonly ReturnType<typeof pod>[]): Fault =>
  inKubernetes((facets) => ({ pods: ok([...(facets.pods.ok ? facets.pods.value : []), ...pods]) }));

const withNodes = (...nodes: readonly ReturnType<typeof kubernetesNode>[]): Fault =>
  inKubernetes((facets) => ({ nodes: ok([...(facets.nodes.ok ? facets.nodes.value : []), ...nodes]) }));

const without =
  (required: boolean): Fault =>
  (snapshot) => ({ ...snapshot, kubernetes: { ...noKubernetes, required } });

test('without access the checks are skipped with the reason, unless access is required', () => {
  const words = "the talosconfig's role is os:reader and no kubeconfig is given";
  for (const check of needing) {
    assert.equal(line(findingsWith(without(false)), check), `skip: needs Kubernetes access: ${words}`);
  }
  const findings = findingsWith(without(true));
  assert.equal(line(findings, 'kubernetes-api'), `fail: Kubernetes access is required, and there is none: ${words}`);
  assert.deepEqual(unresolved(findings), ['kubernetes-api']);
});

/** The API answered nothing. */
const unanswered = (error: Parameters<typeof failed>[0], about: Partial<KubernetesFacets> = {}): Fault =>
  inKubernetes(() => {
    const facet = failed(error);
    return { readyz: facet, nodes: facet, pods: facet, kubeProxy: facet, coredns: facet, ...about };
  });

test('kubernetes-api: each failure of the connection has its message', () => {
  const is = (fault: Fault): string => line(findingsWith(fault), 'kubernetes-api');
  assert.equal(is(all()), `pass: ${server} says that it is ready`);
  assert.equal(
    is(inKubernetes(() => ({ readyz: ok({ status: 403, body: '' }) }))),
    `pass: ${server} answers; its /readyz is closed to the kubeconfig's user`,
  );
  assert.equal(
    is(
      inKubernetes(() => ({
        readyz: ok({ status: 500, body: '[+]ping ok\n[-]etcd failed: reason withheld\n[-]x failed\n' }),
      })),
    ),
    `pending: ${server}/readyz answers 500: etcd failed: reason withheld; x failed`,
  );
  const refused = { kind: 'refused', code: 'ECONNREFUSED', message: 'connect ECONNREFUSED' } as const;
  assert.equal(is(unanswered(refused)), `pending: ${server} gives no answer: connect ECONNREFUSED`);
  assert.equal(is(unanswered(refused, { required: true })), `pending: ${server} gives no answer: connect ECONNREFUSED`);
  assert.equal(
    is(unanswered({ kind: 'unavailable', code: 'HTTP 503', message: 'it answers 503' })),
    `pending: ${server} gives no answer: it answers 503`,
  );
  const unauthorized = {
    kind: 'not-authorized',
    layer: 'caller',
    code: 'HTTP 401',
    message: 'it answers 401',
  } as const;
  const words = `${server} does not accept the kubeconfig: it answers 401`;
  assert.equal(is(unanswered(unauthorized)), `pending: ${words}`);
  assert.equal(is(unanswered(unauthorized, { kubeconfig: 'input' })), `fail: ${words}`);
  assert.equal(
    is(inKubernetes(() => ({ pods: failed({ ...unauthorized, message: 'it answers 403: pods is forbidden' }) }))),
    "fail: the kubeconfig's user may not read pods: it answers 403: pods is forbidden",
  );
});

test('kubernetes-api: a refusal is pending while no API server is ready', () => {
  const unauthorized = {
    kind: 'not-authorized',
    layer: 'caller',
    code: 'HTTP 401',
    message: 'it answers 401',
  } as const;
  const starting = ['cp-1', 'cp-2', 'cp-3'].map((name) =>
    onNode(name, () => ({ apiServer: ok({ url: '', status: 401, body: '' }) })),
  );
  assert.equal(
    line(findingsWith(unanswered(unauthorized, { kubeconfig: 'input' }), ...starting), 'kubernetes-api'),
    `pending: ${server} does not accept the kubeconfig: it answers 401`,
  );
});

test('kubernetes-api: a kubeconfig of another cluster with the same node names is pending', () => {
  const given = inKubernetes(() => ({ kubeconfig: 'input', required: true }));
  const elsewhere = inKubernetes(({ nodes }) => ({
    nodes: ok(
      (nodes.ok ? nodes.value : []).map((node, index) => ({ ...node, addresses: [`10.8.0.${index}`, node.name] })),
    ),
  }));
  const findings = findingsWith(all(given, elsewhere));
  assert.equal(
    line(findings, 'kubernetes-api'),
    `pending: ${server} is of another cluster: none of its nodes has an address of a machine of this one`,
  );
  assert.equal(line(findings, 'node-registered', 'cp-1'), 'pass: registered as cp-1');
  assert.deepEqual(unresolved(findings), ['kubernetes-api']);
  const ofWorkloads = findings.filter(({ check }) => check === 'coredns' || check === 'kube-proxy');
  assert.deepEqual(
    ofWorkloads.map(({ status, unknown }) => [status, unknown]),
    [
      ['blocked', true],
      ['blocked', true],
    ],
  );
  // What Talos gives is of this cluster, and of given nodes another address may be known.
  assert.deepEqual(unresolved(findingsWith(elsewhere)), []);
  const listed: Fault = (snapshot) => ({ ...snapshot, cluster: { ...snapshot.cluster, source: 'given' } });
  assert.deepEqual(unresolved(findingsWith(all(given, elsewhere, listed))), []);
});

test('kubernetes-api: a cluster without Kubernetes is pending if access is required', () => {
  const none: Fault = (snapshot) => ({
    ...snapshot,
    nodes: snapshot.nodes.map((node) => ({
      ...node,
      services: node.services.ok ? ok(node.services.value.filter(({ id }) => id !== 'kubelet')) : node.services,
      staticPods: ok([]),
      nodeStatuses: ok([]),
    })),
  });
  const silent = unanswered({ kind: 'not-found', code: 'NOT_FOUND', message: 'no kubeconfig' }, { required: true });
  assert.match(line(findingsWith(all(none, silent)), 'kubernetes-api'), /^pending: .* gives no answer: no kubeconfig$/);
  const unneeded = inKubernetes(() => ({ required: false }));
  assert.match(
    line(findingsWith(all(none, silent, unneeded)), 'kubernetes-api'),
    /^skip: Kubernetes is not configured/,
  );
});

test('kubernetes-api: without a kubeconfig of Talos the check is pending', () => {
  const fault = inKubernetes(({ server: _, ...facets }) => facets);
  assert.equal(line(findingsWith(fault), 'kubernetes-api').slice(0, 5), 'pass:');
  const none: Fault = (snapshot) => {
    const facet = failed({ message: 'k8s API server CA config is not set' });
    return {
      ...snapshot,
      kubernetes: {
        access: true,
        kubeconfig: 'talos',
        required: false,
        contacted: false,
        verified: false,
        readyz: facet,
        apiServers: new Map(),
        nodes: facet,
        pods: facet,
        kubeProxy: facet,
        coredns: facet,
        allPods: facet,
        budgets: facet,
      },
    };
  };
  const findings = findingsWith(none);
  assert.equal(
    line(findings, 'kubernetes-api'),
    'pending: no kubeconfig of Talos can be used: k8s API server CA config is not set',
  );
  assert.deepEqual(unresolved(findings), ['kubernetes-api']);
});

const vanishes = { kind: 'connect-timeout', code: 'TIMEOUT', message: 'no connection within 5000 ms' } as const;
const never: Partial<KubernetesFacets> = { contacted: false, apiServers: new Map() };

test('checks that read an API that is not required and was never reached are skipped', () => {
  const findings = findingsWith(unanswered(vanishes, never));
  assert.deepEqual(unresolved(findings), []);
  assert.equal(
    line(findings, 'kubernetes-api'),
    `warn: ${server} gives no answer: no connection within 5000 ms; a firewall may stand between, and what only the Kubernetes API tells is not judged`,
  );
  assert.equal(
    line(findings, 'coredns'),
    'skip: not looked at: the Kubernetes API cannot be reached from here: no connection within 5000 ms',
  );
});

test('kubernetes-api: no answer is pending if connections succeed, or access is required', () => {
  const unready = onNode('cp-3', () => ({ apiServer: ok({ url: '', status: 503, body: '' }) }));
  for (const fault of [
    unanswered({ ...vanishes, kind: 'timeout' }, never),
    unanswered(vanishes),
    unanswered(vanishes, { ...never, required: true }),
    unanswered({ ...vanishes, kind: 'refused' }, never),
  ]) {
    const findings = findingsWith(fault);
    assert.deepEqual(unresolved(findings), ['kubernetes-api']);
    assert.match(line(findings, 'coredns'), /^blocked by kubernetes-api: .* could not be read: no connection/);
  }
  assert.deepEqual(unresolved(findingsWith(unanswered(vanishes, never), unready)), ['api-server-ready cp-3']);
});

test('kubernetes-api: a refused connection warns if the address may be of another host', () => {
  const elsewhere = onEveryNode(({ apiServerWay }) =>
    apiServerWay === undefined ? {} : { apiServerWay: { ...apiServerWay, talosPort: false } },
  );
  const findings = findingsWith(elsewhere, unanswered({ ...vanishes, kind: 'refused' }, never));
  assert.deepEqual(unresolved(findings), []);
  assert.match(line(findings, 'kubernetes-api'), /^warn: /);
});

/** The API falls silent, and what it said before is remembered. */
const fallsSilent: Fault = inKubernetes((facets) => {
  const then = <T>(facet: RememberedFacet<T>): RememberedFacet<T> => ({
    ...failed({ kind: 'timeout', message: 'no answer within 5000 ms' }),
    ...(facet.ok && { last: facet.value }),
  });
  const { readyz, nodes, pods, kubeProxy, coredns } = facets;
  return {
    readyz: then(readyz),
    nodes: then(nodes),
    pods: then(pods),
    kubeProxy: then(kubeProxy),
    coredns: then(coredns),
  };
});

test('while the API does not answer, faults of its last answer remain, and the rest is unknown', () => {
  const scheduler = kubernetesPodIs('kube-scheduler-cp-2', crashes);
  const findings = findingsWith(
    kubernetesPodIs('kube-dns-cp-2', null),
    scheduler,
    kubernetesNodeIs('worker-1', notReady),
    withNodes(kubernetesNode(clusterNode('worker', 9))),
    fallsSilent,
  );
  const silence = 'could not be read: no answer within 5000 ms';
  assert.deepEqual(unresolved(findings), [
    'kubernetes-api',
    'control-plane-pods cp-2',
    'node-ready worker-1',
    'no-unexpected-nodes',
    'coredns',
  ]);
  assert.equal(
    line(findings, 'coredns'),
    'pending: 1 of 2 pods ready; since then the Kubernetes API is silent: no answer within 5000 ms',
  );
  assert.equal(line(findings, 'kube-proxy'), `blocked by kubernetes-api: the DaemonSets of kube-system ${silence}`);
  assert.equal(
    line(findings, 'control-plane-pods', 'cp-1'),
    `blocked by kubernetes-api: the pods of kube-system ${silence}`,
  );
});

test('an API server that is not ready blocks the other checks', () => {
  const findings = findingsWith(
    inKubernetes(() => ({ readyz: ok({ status: 500, body: '[-]etcd failed' }) })),
    onNode('cp-2', () => ({
      apiServer: ok({ url: 'https://10.0.0.2:6443/readyz', status: 500, body: '[-]etcd failed' }),
    })),
  );
  assert.deepEqual(unresolved(findings), ['api-server-ready cp-2']);
});

test('an API server that refuses anonymous requests lists failing checks to the kubeconfig', () => {
  const closed = onNode('cp-2', () => ({
    apiServer: ok({ url: 'https://10.0.0.2:6443/readyz', status: 401, body: '' }),
  }));
  const lacks = inKubernetes(({ apiServers }) => ({
    apiServers: new Map([...apiServers, ['10.0.0.2', ok({ status: 500, body: '[-]etcd failed: reason withheld' })]]),
  }));
  assert.equal(line(findingsWith(closed), 'api-server-endpoint', 'cp-2'), 'pass: /readyz says ready');
  assert.equal(
    line(findingsWith(closed, lacks), 'api-server-ready', 'cp-2'),
    'pending: kube-apiserver is not ready: /readyz answers 500: etcd failed: reason withheld',
  );
  assert.equal(
    line(findingsWith(closed, without(false)), 'api-server-endpoint', 'cp-2'),
    'pass: reachable: it answers, and its readiness is not known: /readyz is closed to anonymous requests (401)',
  );
});

test('node-ready: the message has the reason and message of the condition', () => {
  const is = (...conditions: readonly ReturnType<typeof condition>[]): string =>
    line(findingsWith(kubernetesNodeIs('worker-1', { conditions })), 'node-ready', 'worker-1');
  const ready = condition('Ready', 'True', 'KubeletReady');
  assert.equal(is(ready), 'pass: Ready');
  assert.equal(
    line(findingsWith(kubernetesNodeIs('worker-1', notReady)), 'node-ready', 'worker-1'),
    'pending: Kubernetes says node worker-1 is not ready: KubeletNotReady: container runtime network not ready: cni plugin not initialized',
  );
  assert.equal(
    is(condition('Ready', 'Unknown', 'NodeStatusUnknown', 'Kubelet stopped posting node status.')),
    'pending: Kubernetes says node worker-1 is not ready: NodeStatusUnknown: Kubelet stopped posting node status.',
  );
  assert.equal(
    is(condition('Ready', '')),
    'pending: Kubernetes says node worker-1 is not ready: the condition Ready is empty',
  );
  assert.equal(is(), 'pending: Kubernetes says node worker-1 is not ready: it has no condition Ready');
  assert.equal(
    is(ready, condition('DiskPressure', 'True', 'KubeletHasDiskPressure', 'kubelet has disk pressure')),
    'warn: Ready, but DiskPressure: KubeletHasDiskPressure: kubelet has disk pressure',
  );
  assert.equal(is(ready, condition('SomethingElse', 'True', 'Custom')), 'pass: Ready');
});

test('node-registered: nodes match by a common name or address', () => {
  const is = (overrides: Parameters<typeof kubernetesNodeIs>[1]): string =>
    line(findingsWith(kubernetesNodeIs('worker-1', overrides)), 'node-registered', 'worker-1');
  assert.equal(is({ addresses: [] }), 'pass: registered as worker-1');
  assert.equal(is({ name: 'other', addresses: ['10.0.1.1'] }), 'pass: registered as worker-1');
  assert.equal(is({ name: 'other', addresses: ['WORKER-1'] }), 'pass: registered as worker-1');
  const missing = 'the Kubernetes API lists no node worker-1, nor one with an address of this machine';
  assert.equal(is(null), `pending: ${missing}, and Talos sees it Ready`);
  const unseen = onNode('worker-1', () => ({ nodeStatuses: ok([]) }));
  assert.equal(
    line(findingsWith(unseen, kubernetesNodeIs('worker-1', null)), 'node-registered', 'worker-1'),
    `pending: ${missing}`,
  );
  assert.equal(
    line(findingsWith(unseen), 'node-registered', 'worker-1'),
    'pending: Kubernetes has the node worker-1 Ready, and Talos does not see it',
  );
  assert.equal(
    line(findingsWith(unseen, without(false)), 'node-registered', 'worker-1'),
    'pending: Talos sees no Kubernetes node worker-1',
  );
});

test('no-unexpected-nodes: unexpected nodes are listed with their addresses', () => {
  assert.equal(line(findingsWith(), 'no-unexpected-nodes'), 'pass: 5 nodes, each a machine of the cluster');
  const stranger = kubernetesNode(clusterNode('worker', 9), { name: 'old', addresses: ['10.9.9.9', 'old'] });
  assert.equal(
    line(findingsWith(withNodes(stranger)), 'no-unexpected-nodes'),
    'pending: Kubernetes has a node that is no machine of the cluster: old (10.9.9.9)',
  );
  const many = Array.from({ length: 12 }, (_, index) => ({ ...stranger, name: `old-${index}`, addresses: [] }));
  assert.equal(
    line(findingsWith(withNodes(...many)), 'no-unexpected-nodes'),
    'pending: Kubernetes has nodes that are no machine of the cluster: old-0, old-1, old-2, old-3, old-4, old-5, old-6, old-7, old-8, old-9 and 2 more',
  );
  assert.equal(
    line(findingsWith(kubernetesNodeIs('worker-1', { controlPlane: true })), 'no-unexpected-nodes'),
    'pending: labelled as control planes, and workers: worker-1 (10.0.1.1)',
  );
});

test('no-unexpected-nodes: without a list of workers, unexpected workers warn and control planes are pending', () => {
  const unknown: Fault = (snapshot) => ({
    ...snapshot,
    cluster: { ...snapshot.cluster, workersKnown: false },
  });
  const worker = kubernetesNode(clusterNode('worker', 9));
  assert.equal(
    line(findingsWith(unknown, withNodes(worker)), 'no-unexpected-nodes'),
    'warn: Kubernetes has workers that are on no list, and that are not judged: worker-9 (10.0.1.9)',
  );
  assert.equal(
    line(findingsWith(unknown, withNodes({ ...worker, controlPlane: true })), 'no-unexpected-nodes'),
    'pending: Kubernetes has a node that is no machine of the cluster: worker-9 (10.0.1.9)',
  );
});

test('kube-proxy and CoreDNS: skipped if disabled, pending until every pod is ready', () => {
  assert.equal(line(findingsWith(), 'kube-proxy'), 'pass: 5 pods ready');
  assert.equal(line(findingsWith(), 'coredns'), 'pass: 2 pods ready');
  const off = findingsWith(inKubernetes(() => ({ kubeProxy: ok([]), coredns: ok([]) })));
  assert.equal(
    line(off, 'kube-proxy'),
    'skip: kube-proxy is off: kube-system has no DaemonSet with the label k8s-app=kube-proxy',
  );
  assert.equal(
    line(off, 'coredns'),
    'skip: CoreDNS is off: kube-system has no Deployment with the label k8s-app=kube-dns',
  );
  const coredns = (wanted: number, upToDate = true): Fault =>
    inKubernetes(() => ({ coredns: ok([{ name: 'coredns', wanted, upToDate }]) }));
  assert.equal(line(findingsWith(coredns(3)), 'coredns'), 'pending: 2 of 3 pods ready');
  assert.equal(line(findingsWith(coredns(1)), 'coredns'), 'pending: 2 of 1 pod ready');
  assert.equal(
    line(findingsWith(coredns(0)), 'coredns'),
    'pending: CoreDNS should run on no node: its Deployment asks for 0 pods',
  );
  assert.equal(
    line(findingsWith(coredns(2, false)), 'coredns'),
    'pending: its controller has not seen the latest change of coredns yet',
  );
});

test('pods that are deleted or have ended do not count, pods without a condition are not ready', () => {
  const is = (overrides: Partial<ReturnType<typeof pod>>): string =>
    line(findingsWith(withPods(pod('kube-proxy', 'cp-1', { name: 'second', ...overrides }))), 'kube-proxy');
  const ended = [{ name: 'main', state: 'terminated', reason: 'Completed' } as const];
  assert.equal(is({ deleted: true }), 'pass: 5 pods ready');
  assert.equal(is({ phase: 'Failed' }), 'pass: 5 pods ready');
  assert.equal(is({ containers: ended }), 'pass: 5 pods ready');
  assert.equal(is({ conditions: [] }), 'pending: 5 of 5 pods ready; second is not ready (cp-1)');
  assert.equal(is({ phase: '' }), 'pending: 5 of 5 pods ready; second is in no phase yet (cp-1)');
  assert.equal(is({ ...crashes }), 'pending: 5 of 5 pods ready; second is not ready: CrashLoopBackOff (cp-1)');
  const unplaced = condition('PodScheduled', 'False', 'Unschedulable', '0/5 nodes are available');
  assert.equal(
    is({ phase: 'Pending', node: '', containers: [], conditions: [unplaced] }),
    'pending: 5 of 5 pods ready; second is Pending: Unschedulable: 0/5 nodes are available',
  );
});

test('a node that is not Ready is the cause only of its own pods', () => {
  const lost = all(kubernetesNodeIs('worker-1', notReady), kubernetesPodIs('kube-proxy-worker-1', crashes));
  const findings = findingsWith(lost);
  assert.deepEqual(unresolved(findings), ['node-ready worker-1']);
  assert.deepEqual(findingOf(findings, 'kube-proxy').blockedBy, { check: 'node-ready', node: 'worker-1' });
  assert.deepEqual(unresolved(findingsWith(lost, kubernetesPodIs('kube-proxy-worker-2', crashes))), [
    'node-ready worker-1',
    'kube-proxy',
  ]);
  assert.deepEqual(unresolved(findingsWith(unreachable('worker-2'), kubernetesPodIs('kube-proxy-worker-2', crashes))), [
    'api-reachable worker-2',
  ]);
  const stranger = kubernetesNode(clusterNode('worker', 9), notReady);
  assert.deepEqual(unresolved(findingsWith(withNodes(stranger), withPods(pod('kube-proxy', 'worker-9', crashes)))), [
    'no-unexpected-nodes',
  ]);
});

test('without a CNI, nodes that are not Ready are the cause of unscheduled CoreDNS', () => {
  const names = ['cp-1', 'cp-2', 'cp-3', 'worker-1', 'worker-2'];
  const waiting: Partial<ReturnType<typeof pod>> = { phase: 'Pending', node: '', conditions: [], containers: [] };
  const findings = findingsWith(
    ...names.map((name) => kubernetesNodeIs(name, notReady)),
    kubernetesPodIs('kube-dns-cp-1', waiting),
    kubernetesPodIs('kube-dns-cp-2', waiting),
  );
  assert.deepEqual(
    unresolved(findings),
    names.map((name) => `node-ready ${name}`),
  );
});

test('control-plane-pods: each component that is not disabled must be ready', () => {
  assert.equal(line(findingsWith(), 'control-plane-pods', 'cp-1'), 'pass: 3 pods ready');
  assert.equal(
    line(
      findingsWith(kubernetesPodIs('kube-scheduler-cp-1', crashes), kubernetesPodIs('kube-apiserver-cp-1', null)),
      'control-plane-pods',
      'cp-1',
    ),
    'pending: Kubernetes knows no kube-apiserver on cp-1; kube-scheduler-cp-1 is not ready: CrashLoopBackOff',
  );
  const disabled = onNode('cp-1', () => ({ disabledComponents: ok(['kube-scheduler']) }));
  assert.equal(
    line(findingsWith(disabled, kubernetesPodIs('kube-scheduler-cp-1', null)), 'control-plane-pods', 'cp-1'),
    'pass: 2 pods ready',
  );
  assert.equal(
    line(findingsWith(kubernetesNodeIs('cp-1', { controlPlane: false })), 'control-plane-pods', 'cp-1'),
    'pending: the node cp-1 lacks the label of control planes, node-role.kubernetes.io/control-plane',
  );
  assert.equal(
    line(findingsWith(kubernetesNodeIs('cp-1', null)), 'control-plane-pods', 'cp-1'),
    'blocked by node-registered cp-1: its pods are not known: Kubernetes lists no node of this machine',
  );
});

test('a facet that could not be read does not pass', () => {
  for (const facet of ['readyz', 'nodes', 'pods', 'kubeProxy', 'coredns'] as const) {
    for (const kind of ['timeout', 'malformed', 'unavailable', 'not-found', 'other', 'cancelled'] as const) {
      const findings = findingsWith(inKubernetes(() => ({ [facet]: failed({ kind, code: 'HTTP 500' }) })));
      assert.notDeepEqual(unresolved(findings), [], `${facet} ${kind}`);
    }
  }
});
