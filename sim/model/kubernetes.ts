import { etcdServes } from './etcd.ts';
import type { NodeState, PodState } from './node-state.ts';
import { hasApiServerProbes } from './scenario.ts';
import { isRunning } from './services.ts';
import { type ClusterState, isAlive } from './state.ts';

/** A static pod as the machine's kubelet has it. */
export interface StaticPodStatus {
  /** The static pod's id, such as `kube-apiserver`. */
  readonly pod: string;
  readonly state: Exclude<PodState, 'missing'>;
}

/**
 * What `StaticPodStatuses` tells. Only a control plane may ask its kubelet for
 * pods: on a worker there are none, whatever runs there. Without a running
 * kubelet Talos takes the statuses away, and before the kubelet has registered
 * its node there are none yet.
 */
export function staticPodStatuses(state: ClusterState, node: NodeState): readonly StaticPodStatus[] {
  if (node.role === 'worker' || !isRunning(node, 'kubelet') || !node.kubernetes.registered) return [];
  return knownPods(state, node);
}

/** As the kubelet sees it: without probes a pod that runs is ready. What a kubelet that is gone said last remains. */
function podState(state: ClusterState, node: NodeState, pod: string): PodState {
  const own = node.staticPods[pod] ?? 'missing';
  if (node.kubernetes.kubeletGone || pod !== 'kube-apiserver') return own;
  if (!hasApiServerProbes(state.scenario)) return own === 'not-ready' ? 'ready' : own;
  return own === 'ready' && !passesReadyz(state, node) ? 'not-ready' : own;
}

/** Every kube-apiserver talks to the etcd of its own machine, and is not ready without it. */
function passesReadyz(state: ClusterState, node: NodeState): boolean {
  return node.apiServer.failingParts.length === 0 && etcdServes(state, node);
}

/** Names of the parts that fail in `/readyz`. */
export function failingParts(state: ClusterState, node: NodeState): readonly string[] {
  const etcd = etcdServes(state, node) ? [] : ['etcd', 'etcd-readiness'];
  const starting = node.staticPods['kube-apiserver'] === 'not-ready' ? ['poststarthook/rbac/bootstrap-roles'] : [];
  return [...etcd, ...starting, ...node.apiServer.failingParts, ...node.apiServer.unnoticedParts];
}

/** How the machine's kube-apiserver takes connections. */
export function apiServerPort(node: NodeState): 'open' | 'closed' | 'silent' | 'unanswered' {
  if (node.presence === 'frozen' || node.presence === 'black-hole') return 'silent';
  const pod = node.staticPods['kube-apiserver'];
  if (!isAlive(node) || (pod !== 'ready' && pod !== 'not-ready')) return 'closed';
  return node.apiServer.port === 'blocked' ? 'closed' : node.apiServer.port;
}

/** Whether the machine's kube-apiserver is ready. */
export function apiServerWorks(state: ClusterState, node: NodeState): boolean {
  return isAlive(node) && node.staticPods['kube-apiserver'] === 'ready' && passesReadyz(state, node);
}

/** The version of the control plane's components on the machine. */
export function controlPlaneVersion({ scenario }: ClusterState, { kubernetes }: NodeState): string {
  return kubernetes.controlPlaneVersion ?? scenario.kubernetesVersion;
}

interface ReadyCondition {
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason: string;
  readonly message: string;
}

/** A node as Kubernetes has it. */
export interface KubernetesNodeView {
  readonly name: string;
  readonly address: string;
  readonly controlPlane: boolean;
  readonly ready: ReadyCondition;
  readonly pressure: readonly string[];
  readonly unschedulable: boolean;
  readonly kubeletVersion: string;
  /** Of its static pods. */
  readonly controlPlaneVersion: string;
  readonly kubeProxyReady: boolean;
  readonly lonelyPod: boolean;
  /** What runs on it because its machine wants it. */
  readonly staticPods: readonly StaticPodStatus[];
}

export function kubernetesNodes(state: ClusterState): readonly KubernetesNodeView[] {
  if (!state.scenario.kubernetes) return [];
  const machines = state.nodes
    .filter((node) => node.kubernetes.registered)
    .map(
      (node): KubernetesNodeView => ({
        name: node.nodename,
        address: node.address,
        controlPlane: node.role === 'controlplane',
        ready: readyCondition(state, node),
        pressure: node.kubernetes.pressure,
        unschedulable: node.kubernetes.unschedulable,
        kubeletVersion: node.kubernetes.kubeletVersion ?? state.scenario.kubernetesVersion,
        controlPlaneVersion: controlPlaneVersion(state, node),
        kubeProxyReady: node.kubernetes.kubeProxyReady,
        lonelyPod: node.kubernetes.lonelyPod,
        staticPods: knownPods(state, node),
      }),
    );
  const strangers = state.kubernetes.strangers.map(
    ({ name, address, ready }): KubernetesNodeView => ({
      name,
      address,
      controlPlane: false,
      ready: ready ? kubeletReady : silence,
      pressure: [],
      unschedulable: false,
      kubeletVersion: state.scenario.kubernetesVersion,
      controlPlaneVersion: state.scenario.kubernetesVersion,
      kubeProxyReady: true,
      lonelyPod: false,
      staticPods: [],
    }),
  );
  return [...machines, ...strangers];
}

/** Whether Talos on the machine has its node from Kubernetes. */
export function isSeenByTalos({ kubernetes }: NodeState): boolean {
  return kubernetes.registered && !kubernetes.unseenByTalos;
}

export function isNodeReady(state: ClusterState, node: NodeState): boolean {
  return readyCondition(state, node).status === 'True';
}

const kubeletReady: ReadyCondition = {
  status: 'True',
  reason: 'KubeletReady',
  message: 'kubelet is posting ready status',
};

const silence: ReadyCondition = {
  status: 'Unknown',
  reason: 'NodeStatusUnknown',
  message: 'Kubelet stopped posting node status.',
};

const noNetwork: ReadyCondition = {
  status: 'False',
  reason: 'KubeletNotReady',
  message:
    'container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized',
};

/** Ready is what the kubelet keeps saying; from a machine that is silent Kubernetes takes it away. */
function readyCondition(state: ClusterState, node: NodeState): ReadyCondition {
  const { complaint, kubeletGone } = node.kubernetes;
  if (!isAlive(node) || !isRunning(node, 'kubelet') || kubeletGone) return silence;
  if (complaint !== undefined) return { status: 'False', ...complaint };
  return state.cni ? kubeletReady : noNetwork;
}

function knownPods(state: ClusterState, node: NodeState): readonly StaticPodStatus[] {
  return Object.keys(node.staticPods).flatMap((pod) => {
    const current = podState(state, node, pod);
    return current === 'missing' ? [] : [{ pod, state: current }];
  });
}
