import type {
  Condition,
  DisruptionBudget,
  KubernetesNode,
  KubernetesPod,
  PlacedPod,
} from '../../src/kubernetes/model.ts';
import type { ClusterNode } from '../../src/observe/members/cluster.ts';
import type { KubernetesFacets, Snapshot } from '../../src/observe/snapshot.ts';
import type { Fault } from './faults.ts';
import { ok } from './snapshot.ts';

export function condition(type: string, status: string, reason = '', message = ''): Condition {
  return { type, status, reason, message };
}

export function kubernetesNode(machine: ClusterNode, overrides: Partial<KubernetesNode> = {}): KubernetesNode {
  return {
    name: machine.name,
    addresses: [machine.address, machine.name],
    controlPlane: machine.role === 'controlplane',
    unschedulable: false,
    kubeletVersion: 'v1.36.0',
    conditions: [
      condition('MemoryPressure', 'False', 'KubeletHasSufficientMemory'),
      condition('Ready', 'True', 'KubeletReady', 'kubelet is posting ready status'),
    ],
    ...overrides,
  };
}

export function pod(app: string, node: string, overrides: Partial<KubernetesPod> = {}): KubernetesPod {
  return {
    name: `${app}-${node}`,
    app,
    node,
    phase: 'Running',
    deleted: false,
    conditions: [condition('Ready', 'True')],
    containers: [{ name: app, state: 'running', reason: '' }],
    ...overrides,
  };
}

/** A pod of a Deployment of the namespace `shop`. */
export function placedPod(name: string, node: string, overrides: Partial<PlacedPod> = {}): PlacedPod {
  const namespace = 'shop';
  return {
    name: `${namespace}/${name}`,
    namespace,
    labels: { app: 'web' },
    node,
    managed: true,
    ended: false,
    ...overrides,
  };
}

/** A budget for the pods of the namespace `shop` with the label `app`. */
export function disruptionBudget(
  app: string,
  allowed: number,
  overrides: Partial<DisruptionBudget> = {},
): DisruptionBudget {
  const namespace = 'shop';
  const selector = { labels: { app }, requirements: [] };
  return { name: `${namespace}/${app}`, namespace, selector, allowed, upToDate: true, ...overrides };
}

const components = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler'];

/** Adds the facets of the Kubernetes API of a healthy cluster. */
export function withKubernetes(snapshot: Snapshot): Snapshot {
  const { nodes } = snapshot.cluster;
  const controlPlanes = nodes.filter(({ role }) => role === 'controlplane');
  const kubernetes: KubernetesFacets = {
    access: true,
    kubeconfig: 'talos',
    required: false,
    server: 'https://10.0.0.1:6443',
    contacted: true,
    verified: true,
    readyz: ok({ status: 200, body: 'ok' }),
    apiServers: new Map(controlPlanes.map(({ address }) => [address, ok({ status: 200, body: 'ok' })])),
    nodes: ok(nodes.map((node) => kubernetesNode(node))),
    pods: ok([
      ...controlPlanes.flatMap(({ name }) => components.map((component) => pod(component, name))),
      ...nodes.map(({ name }) => pod('kube-proxy', name)),
      ...nodes.slice(0, 2).map(({ name }) => pod('kube-dns', name)),
    ]),
    kubeProxy: ok([{ name: 'kube-proxy', wanted: nodes.length, upToDate: true }]),
    coredns: ok([{ name: 'coredns', wanted: Math.min(2, nodes.length), upToDate: true }]),
    allPods: ok(nodes.map(({ name }) => placedPod(`web-${name}`, name))),
    budgets: ok([disruptionBudget('web', 2)]),
  };
  return { ...snapshot, kubernetes };
}

/** Changes facets of the Kubernetes API. */
export function inKubernetes(change: (facets: KubernetesFacets) => Partial<KubernetesFacets>): Fault {
  return (snapshot) => {
    const { kubernetes } = snapshot;
    if (!kubernetes.access) {
      throw new Error('the snapshot has no facets of the Kubernetes API');
    }
    return { ...snapshot, kubernetes: { ...kubernetes, ...change(kubernetes) } };
  };
}

/** Changes a Kubernetes node; `null` removes it. */
export function kubernetesNodeIs(name: string, overrides: Partial<KubernetesNode> | null): Fault {
  return inKubernetes(({ nodes }) => ({
    nodes: ok(
      (nodes.ok ? nodes.value : []).flatMap((node) =>
        node.name !== name ? [node] : overrides === null ? [] : [{ ...node, ...overrides }],
      ),
    ),
  }));
}

/** Changes a pod; `null` removes it. */
export function kubernetesPodIs(name: string, overrides: Partial<KubernetesPod> | null): Fault {
  return inKubernetes(({ pods }) => ({
    pods: ok(
      (pods.ok ? pods.value : []).flatMap((one) =>
        one.name !== name ? [one] : overrides === null ? [] : [{ ...one, ...overrides }],
      ),
    ),
  }));
}

/** A pod with a container in CrashLoopBackOff. */
export const crashes: Partial<KubernetesPod> = {
  conditions: [condition('Ready', 'False', 'ContainersNotReady', 'containers with unready status: [main]')],
  containers: [{ name: 'main', state: 'waiting', reason: 'CrashLoopBackOff' }],
};

export const notReady: Partial<KubernetesNode> = {
  conditions: [
    condition('Ready', 'False', 'KubeletNotReady', 'container runtime network not ready: cni plugin not initialized'),
  ],
};
