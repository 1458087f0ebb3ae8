import { etcdServes } from './etcd.ts';
import { isRunning } from './services.ts';
import { type ClusterState, controlPlanes, isAlive, type NodeState, type PodState } from './state.ts';

/** A static pod as the machine's kubelet has it. */
export interface StaticPodStatus {
  /** The static pod's id, such as `kube-apiserver`. */
  readonly pod: string;
  readonly state: Exclude<PodState, 'missing'>;
}

/**
 * What `StaticPodStatuses` tells. Only a control plane may ask its kubelet for
 * pods: on a worker there are none, whatever runs there. Without a running
 * kubelet Talos takes the statuses away.
 */
export function staticPodStatuses(state: ClusterState, node: NodeState): readonly StaticPodStatus[] {
  if (node.role === 'worker' || !isRunning(node, 'kubelet')) return [];
  return knownPods(state, node);
}

/** Every kube-apiserver talks to the etcd of its own machine, and is not ready without it. */
function podState(state: ClusterState, node: NodeState, pod: string): PodState {
  const own = node.staticPods[pod] ?? 'missing';
  const { failingParts } = node.apiServer;
  if (pod === 'kube-apiserver' && own === 'ready' && (failingParts.length > 0 || !etcdServes(state, node)))
    return 'not-ready';
  return own;
}

/** Names of the parts that fail in `/readyz`. */
export function failingParts(state: ClusterState, node: NodeState): readonly string[] {
  const etcd = etcdServes(state, node) ? [] : ['etcd', 'etcd-readiness'];
  const starting = node.staticPods['kube-apiserver'] === 'not-ready' ? ['poststarthook/rbac/bootstrap-roles'] : [];
  return [...etcd, ...starting, ...node.apiServer.failingParts, ...node.apiServer.unnoticedParts];
}

/** Whether the machine's kube-apiserver accepts connections. */
export function apiServerListens(node: NodeState): boolean {
  const pod = node.staticPods['kube-apiserver'];
  return isAlive(node) && !node.apiServer.portBlocked && (pod === 'ready' || pod === 'not-ready');
}

/** Whether the machine's kube-apiserver can read and write. */
export function apiServerWorks(state: ClusterState, node: NodeState): boolean {
  return isAlive(node) && podState(state, node, 'kube-apiserver') === 'ready';
}

/** A node as Kubernetes has it. */
export interface KubernetesNodeView {
  readonly name: string;
  readonly address: string;
  readonly controlPlane: boolean;
  readonly ready: boolean;
  readonly unschedulable: boolean;
}

export function kubernetesNodes(state: ClusterState): readonly KubernetesNodeView[] {
  return state.nodes
    .filter((node) => node.kubernetes.registered)
    .map((node) => ({
      name: node.name,
      address: node.address,
      controlPlane: node.role === 'controlplane',
      ready: isNodeReady(state, node),
      unschedulable: node.kubernetes.unschedulable,
    }));
}

/** Ready is what the kubelet keeps saying; from a machine that is silent Kubernetes takes it away. */
export function isNodeReady(state: ClusterState, node: NodeState): boolean {
  return isAlive(node) && isRunning(node, 'kubelet') && node.kubernetes.kubeletReady && state.cni;
}

/** The pods of one control plane component over the whole cluster, by node. */
export function componentPods(
  state: ClusterState,
  component: string,
): readonly { readonly node: string; readonly ready: boolean }[] {
  return controlPlanes(state)
    .filter((node) => node.kubernetes.registered && podState(state, node, component) !== 'missing')
    .map((node) => ({ node: node.name, ready: isAlive(node) && podState(state, node, component) === 'ready' }));
}

function knownPods(state: ClusterState, node: NodeState): readonly StaticPodStatus[] {
  return Object.keys(node.staticPods).flatMap((pod) => {
    const current = podState(state, node, pod);
    return current === 'missing' ? [] : [{ pod, state: current }];
  });
}
