import { kubernetesNodes } from '../../model/kubernetes.ts';
import type { ClusterState } from '../../model/state.ts';
import { coreDnsPods, coreDnsReplicas, coreDnsTemplate, kubeProxyPods } from '../../model/workloads.ts';
import type { Condition, ObjectContent } from './content.ts';
import type { Kind } from './kinds.ts';
import { kinds } from './kinds.ts';

/** What makes the pods of kube-proxy and CoreDNS. Their status is counted from the pods. */
export function workloadObjects(state: ClusterState): readonly ObjectContent[] {
  const { kubernetes, scenario } = state;
  if (!scenario.kubernetes) return [];
  return [
    ...(kubernetes.kubeProxy ? [kubeProxy(state)] : []),
    ...(kubernetes.coreDns === 'off' ? [] : coreDns(state)),
    ...(kubernetes.coreDnsBudget ? [coreDnsBudget(state)] : []),
  ];
}

function kubeProxy(state: ClusterState): ObjectContent {
  const desired = kubernetesNodes(state).length;
  const pods = kubeProxyPods(state);
  const ready = pods.filter((pod) => pod.ready).length;
  return {
    ...made(kinds.daemonSet, 'kube-proxy', { 'k8s-app': 'kube-proxy', tier: 'node' }),
    spec: { selector: { matchLabels: { 'k8s-app': 'kube-proxy', tier: 'node' } } },
    status: {
      currentNumberScheduled: pods.length,
      desiredNumberScheduled: desired,
      numberAvailable: ready,
      numberMisscheduled: 0,
      numberReady: ready,
      ...(ready < desired ? { numberUnavailable: desired - ready } : {}),
      observedGeneration: 1,
      updatedNumberScheduled: pods.length,
    },
  };
}

/** As many pods have to be there as there should be: none may go. */
function coreDnsBudget(state: ClusterState): ObjectContent {
  const healthy = coreDnsPods(state).filter((pod) => pod.ready).length;
  return {
    ...made(kinds.disruptionBudget, 'coredns', { 'k8s-app': 'kube-dns' }),
    spec: { minAvailable: coreDnsReplicas, selector: { matchLabels: { 'k8s-app': 'kube-dns' } } },
    status: {
      currentHealthy: healthy,
      desiredHealthy: coreDnsReplicas,
      disruptionsAllowed: 0,
      expectedPods: coreDnsReplicas,
      observedGeneration: 1,
    },
  };
}

function coreDns(state: ClusterState): readonly ObjectContent[] {
  const pods = coreDnsPods(state);
  const replicas = pods.length;
  const ready = pods.filter((pod) => pod.ready).length;
  const counted = {
    replicas,
    observedGeneration: 1,
    ...(ready > 0 ? { readyReplicas: ready, availableReplicas: ready } : {}),
  };
  const missing = coreDnsReplicas - ready;
  // one may be away without the whole being called unavailable
  const available = missing <= 1;
  const availability: Condition = available
    ? {
        type: 'Available',
        status: 'True',
        reason: 'MinimumReplicasAvailable',
        message: 'Deployment has minimum availability.',
      }
    : {
        type: 'Available',
        status: 'False',
        reason: 'MinimumReplicasUnavailable',
        message: 'Deployment does not have minimum availability.',
      };
  const selector = { matchLabels: { 'k8s-app': 'kube-dns' } };
  return [
    {
      ...made(kinds.deployment, 'coredns', { 'k8s-app': 'kube-dns', 'kubernetes.io/name': 'CoreDNS' }),
      spec: {
        replicas: coreDnsReplicas,
        selector,
        strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: 1 } },
      },
      status: { ...counted, updatedReplicas: replicas, ...(missing > 0 ? { unavailableReplicas: missing } : {}) },
      conditions: [availability],
    },
    {
      ...made(kinds.replicaSet, `coredns-${coreDnsTemplate}`, {
        'k8s-app': 'kube-dns',
        'pod-template-hash': coreDnsTemplate,
      }),
      spec: { replicas: coreDnsReplicas, selector },
      status: { ...counted, fullyLabeledReplicas: replicas },
    },
  ];
}

function made(kind: Kind, name: string, labels: ObjectContent['labels']): Omit<ObjectContent, 'spec' | 'status'> {
  return { kind, name, labels, conditions: [], fields: {} };
}
