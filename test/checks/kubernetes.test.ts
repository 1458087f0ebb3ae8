import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findingOf, judged, line } from '../builders/judged.ts';
import { failed, noKubernetes, ok, staticPod, staticPodStatus } from '../builders/snapshot.ts';
import { type Fault, onNode, podIs, serviceIs, unmet } from '../builders/spoil.ts';

const readyz = (status: number, body = ''): Fault =>
  onNode('cp-1', () => ({ apiServer: ok({ url: 'https://10.0.0.1:6443/readyz', status, body }) }));

const reader: Fault = (snapshot) => ({ ...snapshot, kubernetes: noKubernetes });

const alsoWants = (node: string, ...ids: readonly string[]): Fault =>
  onNode(node, ({ staticPods }) => ({
    staticPods: ok([...(staticPods.ok ? staticPods.value : []), ...ids.map((id) => staticPod(id))]),
  }));

test('api-server-ready: as the kubelet sees it', () => {
  const is = (overrides: Parameters<typeof podIs>[2]): string =>
    line(judged(podIs('cp-1', 'kube-apiserver', overrides)), 'api-server-ready', 'cp-1');
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

test('what an unhealthy kubelet reported last does not pass', () => {
  const findings = judged(serviceIs('cp-1', 'kubelet', { health: 'unhealthy', healthMessage: 'refused' }));
  for (const check of ['api-server-ready', 'control-plane-components', 'static-pods']) {
    assert.equal(
      line(findings, check, 'cp-1'),
      'blocked by services cp-1: not known: the kubelet, which reports it, is not well',
    );
  }
});

test('api-server-endpoint: any answer is one', () => {
  assert.equal(line(judged(readyz(200, 'ok')), 'api-server-endpoint', 'cp-1'), 'pass: /readyz says ready');
  assert.equal(
    line(judged(readyz(401), reader), 'api-server-endpoint', 'cp-1'),
    'pass: reachable; /readyz is closed to anonymous requests (401)',
  );
  assert.equal(
    line(
      judged(readyz(500, '[+]ping ok\n[-]etcd failed: reason withheld\n[-]poststarthook/x failed: reason withheld\n')),
      'api-server-endpoint',
      'cp-1',
    ),
    'pending: https://10.0.0.1:6443/readyz answers 500: etcd failed: reason withheld; poststarthook/x failed: reason withheld',
  );
});

test('api-server-endpoint: silence is a warning while the pod is ready, and else the pod', () => {
  const silent = onNode('cp-1', () => ({ apiServer: failed({ message: 'connect ECONNREFUSED' }) }));
  assert.equal(
    line(judged(silent), 'api-server-endpoint', 'cp-1'),
    'warn: kube-apiserver gives no answer from here: connect ECONNREFUSED',
  );
  assert.equal(
    line(judged(silent, podIs('cp-1', 'kube-apiserver', null)), 'api-server-endpoint', 'cp-1'),
    'blocked by api-server-ready cp-1: kube-apiserver gives no answer from here: connect ECONNREFUSED',
  );
});

test('control-plane-components: each that is not well, and those that are switched off', () => {
  const off = (disabled: readonly string[]): string =>
    line(
      judged(
        onNode('cp-1', ({ staticPods }) => ({
          staticPods: ok(staticPods.ok ? staticPods.value.filter(({ id }) => id !== 'kube-scheduler') : []),
          disabledComponents: ok(disabled),
        })),
      ),
      'control-plane-components',
      'cp-1',
    );
  assert.equal(
    off(['kube-scheduler']),
    'pass: kube-controller-manager is running and ready, kube-scheduler is disabled',
  );
  assert.equal(off([]), 'pending: kube-scheduler is not among the static pods yet');
  assert.equal(
    line(
      judged(podIs('cp-1', 'kube-scheduler', null), podIs('cp-1', 'kube-controller-manager', { ready: false })),
      'control-plane-components',
      'cp-1',
    ),
    'pending: kube-controller-manager is not ready; kube-scheduler is not running: the kubelet reports no such pod',
  );
});

test('pods that are not wanted yet wait for etcd, not for the kubelet', () => {
  const unwanted = onNode('cp-1', () => ({ staticPods: ok([]) }));
  const kubelet = serviceIs('cp-1', 'kubelet', { state: 'Failed', lastEvent: 'no image' });
  const findings = judged(unwanted, kubelet);
  assert.equal(line(findings, 'api-server-ready', 'cp-1'), 'pending: kube-apiserver is not among the static pods yet');
  assert.equal(
    line(judged(unwanted, serviceIs('cp-1', 'etcd', { state: 'Preparing' })), 'api-server-ready', 'cp-1'),
    'blocked by etcd-service cp-1: kube-apiserver is not among the static pods yet',
  );
  const scheduler = onNode('cp-1', ({ staticPods }) => ({
    staticPods: ok(staticPods.ok ? staticPods.value.filter(({ id }) => id !== 'kube-scheduler') : []),
  }));
  assert.equal(
    line(judged(scheduler, kubelet), 'control-plane-components', 'cp-1'),
    'pending: kube-scheduler is not among the static pods yet',
  );
});

test('control-plane-components: not known whether one should run', () => {
  const findings = judged(
    onNode('cp-1', () => ({ staticPods: ok([staticPod('kube-apiserver')]), disabledComponents: failed() })),
  );
  assert.equal(
    line(findings, 'control-plane-components', 'cp-1'),
    'pending: whether kube-controller-manager and kube-scheduler should run could not be read: deadline exceeded',
  );
});

test('a node that is kept from registering is skipped, unless Talos waits for it all the same', () => {
  const kept = onNode('worker-1', () => ({
    nodename: ok({ nodename: 'worker-1', skipNodeRegistration: true }),
    nodeStatuses: ok([]),
  }));
  const words = 'the machine configuration keeps it from registering as a Kubernetes node';
  for (const check of ['node-registered', 'node-ready', 'node-schedulable']) {
    assert.equal(line(judged(kept), check, 'worker-1'), `skip: ${words}`);
  }
  const waits = judged(kept, unmet('worker-1', 'nodeReady', 'node "worker-1" status is not available yet'));
  assert.equal(line(waits, 'node-registered', 'worker-1'), 'pending: Kubernetes has no node worker-1');
});

test('nodes: the hints name the node as Kubernetes knows it', () => {
  const findings = judged(
    onNode('worker-1', () => ({
      nodename: ok({ nodename: 'w1.example.org', skipNodeRegistration: false }),
      nodeStatuses: ok([{ nodename: 'w1.example.org', ready: false, unschedulable: true }]),
    })),
  );
  assert.equal(line(findings, 'node-registered', 'worker-1'), 'pass: registered as w1.example.org');
  assert.equal(line(findings, 'node-ready', 'worker-1'), 'pending: Kubernetes says node w1.example.org is not ready');
  assert.equal(line(findings, 'node-schedulable', 'worker-1'), 'pending: node w1.example.org is cordoned');
  assert.deepEqual(findingOf(findings, 'node-ready', 'worker-1').hint?.commands, [
    'talosctl -n 10.0.1.1 logs kubelet',
    'kubectl describe node w1.example.org',
  ]);
  assert.deepEqual(findingOf(findings, 'node-schedulable', 'worker-1').hint?.commands, [
    'kubectl uncordon w1.example.org',
  ]);
});

test('a node without its Kubernetes name is not registered', () => {
  const findings = judged(onNode('worker-1', () => ({ nodename: failed({ kind: 'not-found' }) })));
  assert.equal(line(findings, 'node-registered', 'worker-1'), 'pending: it has no Kubernetes node name yet');
});

test('static-pods: its own, beside those that have a check', () => {
  assert.equal(line(judged(), 'static-pods', 'cp-1'), 'pass: 3 static pods running and ready');
  assert.equal(line(judged(), 'static-pods', 'worker-1'), 'pass: none wanted');
  const scheduler = podIs('cp-1', 'kube-scheduler', { ready: false });
  assert.equal(
    line(judged(scheduler), 'static-pods', 'cp-1'),
    'blocked by control-plane-components cp-1: kube-scheduler is not ready',
  );
  assert.equal(
    line(judged(scheduler, alsoWants('cp-1', 'keepalived')), 'static-pods', 'cp-1'),
    'pending: kube-scheduler is not ready; keepalived is not running: the kubelet reports no such pod',
  );
});

test('static-pods: one that may end, has ended well', () => {
  const once = onNode('cp-1', ({ staticPods, staticPodStatuses }) => ({
    staticPods: ok([...(staticPods.ok ? staticPods.value : []), staticPod('once', { restartPolicy: 'Never' })]),
    staticPodStatuses: ok([
      ...(staticPodStatuses.ok ? staticPodStatuses.value : []),
      staticPodStatus('once', 'cp-1', { phase: 'Succeeded', ready: false }),
    ]),
  }));
  assert.equal(line(judged(once), 'static-pods', 'cp-1'), 'pass: 4 static pods running and ready');
});

test('static-pods: a worker that says nothing of them cannot be judged, one that does is', () => {
  const wants = alsoWants('worker-1', 'proxy', 'agent');
  assert.equal(
    line(judged(wants), 'static-pods', 'worker-1'),
    'skip: a worker does not tell Talos how its static pods fare: proxy, agent',
  );
  const tells = onNode('worker-1', () => ({
    staticPodStatuses: ok([staticPodStatus('proxy', 'worker-1', { ready: false })]),
  }));
  assert.equal(
    line(judged(wants, tells), 'static-pods', 'worker-1'),
    'pending: proxy is not ready; agent is not running: the kubelet reports no such pod',
  );
});

test("static-pods: Talos's own word counts where ours finds nothing", () => {
  assert.equal(
    line(judged(unmet('cp-1', 'staticPods', 'kube-system/old-cp-1 not ready')), 'static-pods', 'cp-1'),
    'pending: kube-system/old-cp-1 not ready',
  );
});
