import { crashes, inKubernetes, kubernetesNode, kubernetesNodeIs, kubernetesPodIs, notReady } from './kubernetes.ts';
import type { SingleFault } from './single-faults.ts';
import { clusterNode, failed, ok } from './snapshot.ts';

/** Faults that only the Kubernetes API shows. */
export const kubernetesApiFaults: readonly SingleFault[] = [
  {
    name: 'kubelet newer than the API servers',
    check: 'version-skew',
    fault: kubernetesNodeIs('worker-1', { kubeletVersion: 'v1.37.0' }),
  },
  {
    name: 'Kubernetes API not ready behind its load balancer',
    check: 'kubernetes-api',
    fault: inKubernetes(() => ({ readyz: ok({ status: 500, body: '[+]ping ok\n[-]etcd failed: reason withheld\n' }) })),
  },
  {
    name: 'component not ready in Kubernetes',
    check: 'control-plane-pods',
    node: 'cp-2',
    fault: kubernetesPodIs('kube-scheduler-cp-2', crashes),
  },
  {
    name: 'mirror pod missing',
    check: 'control-plane-pods',
    node: 'cp-3',
    fault: kubernetesPodIs('kube-apiserver-cp-3', null),
  },
  {
    name: 'label of control planes missing',
    check: 'control-plane-pods',
    node: 'cp-1',
    fault: kubernetesNodeIs('cp-1', { controlPlane: false }),
  },
  {
    name: 'missing in Kubernetes only',
    check: 'node-registered',
    node: 'worker-1',
    fault: kubernetesNodeIs('worker-1', null),
  },
  {
    name: 'not Ready in Kubernetes only',
    check: 'node-ready',
    node: 'worker-2',
    fault: kubernetesNodeIs('worker-2', notReady),
  },
  {
    name: 'cordoned in Kubernetes only',
    check: 'node-schedulable',
    node: 'cp-3',
    fault: kubernetesNodeIs('cp-3', { unschedulable: true }),
  },
  {
    name: 'Kubernetes node without a machine',
    check: 'no-unexpected-nodes',
    fault: inKubernetes(({ nodes }) => ({
      nodes: ok([...(nodes.ok ? nodes.value : []), kubernetesNode(clusterNode('worker', 9))]),
    })),
  },
  {
    name: 'kube-proxy crashes on one node',
    check: 'kube-proxy',
    fault: kubernetesPodIs('kube-proxy-worker-1', crashes),
  },
  {
    name: 'kube-proxy missing on one node',
    check: 'kube-proxy',
    fault: kubernetesPodIs('kube-proxy-worker-1', null),
  },
  {
    name: 'one of two CoreDNS pods missing',
    check: 'coredns',
    fault: kubernetesPodIs('kube-dns-cp-2', null),
  },
  {
    name: 'CoreDNS could not be read',
    check: 'coredns',
    fault: inKubernetes(() => ({ coredns: failed() })),
  },
];
