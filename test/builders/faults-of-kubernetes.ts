import { all, type Fault, onNode, podIs, unmet } from './faults.ts';
import type { SingleFault } from './single-faults.ts';
import { failed, ok, staticPod } from './snapshot.ts';

const pods = (name: string, ...wanted: readonly string[]): Fault =>
  onNode(name, ({ staticPods }) => ({
    staticPods: ok([...(staticPods.ok ? staticPods.value : []), ...wanted.map((id) => staticPod(id))]),
  }));

const notConfigured = (name: string, pod: string): Fault =>
  onNode(name, ({ staticPods }) => ({
    staticPods: ok(staticPods.ok ? staticPods.value.filter(({ id }) => id !== pod) : []),
    disabledComponents: ok([]),
  }));

export const kubernetesFaults: readonly SingleFault[] = [
  {
    name: 'KubePrism cut off from the API servers',
    check: 'kubeprism',
    node: 'worker-2',
    fault: onNode('worker-2', () => ({ kubePrism: ok(false) })),
  },
  {
    name: 'API server crashes',
    check: 'api-server-ready',
    node: 'cp-2',
    fault: all(
      podIs('cp-2', 'kube-apiserver', { ready: false, reason: 'CrashLoopBackOff: back-off 5m0s' }),
      podIs('cp-2', 'kube-scheduler', { ready: false, reason: 'CrashLoopBackOff: back-off 20s' }),
      unmet(
        'cp-2',
        'staticPods',
        'kube-system/kube-apiserver-cp-2 not ready, kube-system/kube-scheduler-cp-2 not ready',
      ),
      onNode('cp-2', () => ({ apiServer: failed({ kind: 'refused' }) })),
    ),
  },
  {
    name: 'API server pod missing',
    check: 'api-server-ready',
    node: 'cp-3',
    fault: podIs('cp-3', 'kube-apiserver', null),
  },
  {
    name: 'API server not configured',
    check: 'api-server-ready',
    node: 'cp-1',
    fault: notConfigured('cp-1', 'kube-apiserver'),
  },
  {
    name: 'API server says it is not ready',
    check: 'api-server-ready',
    node: 'cp-2',
    fault: onNode('cp-2', () => ({
      apiServer: ok({
        url: 'https://10.0.0.2:6443/readyz',
        status: 500,
        body: '[+]ping ok\n[-]etcd failed: reason withheld\n',
      }),
    })),
  },
  {
    name: 'scheduler crashes',
    check: 'control-plane-components',
    node: 'cp-1',
    fault: podIs('cp-1', 'kube-scheduler', { ready: false, reason: 'CrashLoopBackOff' }),
  },
  {
    name: 'controller manager not configured',
    check: 'control-plane-components',
    node: 'cp-2',
    fault: notConfigured('cp-2', 'kube-controller-manager'),
  },
  {
    name: 'never registered',
    check: 'node-registered',
    node: 'worker-2',
    fault: all(
      onNode('worker-2', () => ({ nodeStatuses: ok([]) })),
      unmet('worker-2', 'nodeReady', 'node "worker-2" status is not available yet'),
    ),
  },
  {
    name: 'not Ready',
    check: 'node-ready',
    node: 'worker-1',
    fault: all(
      onNode('worker-1', () => ({ nodeStatuses: ok([{ nodename: 'worker-1', ready: false, unschedulable: false }]) })),
      unmet('worker-1', 'nodeReady', 'node "worker-1" is not ready'),
    ),
  },
  {
    name: 'not Ready only in the conditions of Talos',
    check: 'node-ready',
    node: 'cp-1',
    fault: unmet('cp-1', 'nodeReady', 'node "cp-1" is not ready'),
  },
  {
    name: 'cordoned',
    check: 'node-schedulable',
    node: 'worker-1',
    fault: onNode('worker-1', () => ({
      nodeStatuses: ok([{ nodename: 'worker-1', ready: true, unschedulable: true }]),
    })),
  },
  { name: 'own static pod missing', check: 'static-pods', node: 'cp-2', fault: pods('cp-2', 'keepalived') },
  {
    name: 'static pod not ready only in the conditions of Talos',
    check: 'static-pods',
    node: 'cp-3',
    fault: unmet('cp-3', 'staticPods', 'kube-system/old-pod-cp-3 not ready'),
  },
  {
    name: 'static pod condition without a kubelet service',
    check: 'static-pods',
    node: 'worker-1',
    fault: unmet('worker-1', 'staticPods', 'kube-system/x-worker-1 pending'),
  },
];
