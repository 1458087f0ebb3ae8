import { createHash } from 'node:crypto';
import { type KubernetesNodeView, kubernetesNodes, type StaticPodStatus } from './kubernetes.ts';
import type { ClusterState } from './state.ts';

/** A pod in `kube-system` as Kubernetes has it. */
export interface PodView {
  readonly name: string;
  /** The label `k8s-app`. */
  readonly app: string;
  /** Absent where no node would take it. */
  readonly node?: KubernetesNodeView;
  readonly state: StaticPodStatus['state'];
  /** From a node that is silent Kubernetes takes it away, whatever the pod does. */
  readonly ready: boolean;
}

/** How many replicas the Deployment of CoreDNS asks for. */
export const coreDnsReplicas = 2;

export function podViews(state: ClusterState): readonly PodView[] {
  return [...mirrorPods(state), ...kubeProxyPods(state), ...coreDnsPods(state)];
}

/** The static pods of all nodes. */
function mirrorPods(state: ClusterState): readonly PodView[] {
  return kubernetesNodes(state).flatMap((node) =>
    node.staticPods.map((status) => podOn(node, `${status.pod}-${node.name}`, status.pod, status.state)),
  );
}

/** One on every node, on the node's own network. */
export function kubeProxyPods(state: ClusterState): readonly PodView[] {
  if (!state.kubernetes.kubeProxy) return [];
  return kubernetesNodes(state).map((node) =>
    podOn(node, `kube-proxy-${suffix(node.name)}`, 'kube-proxy', node.kubeProxyReady ? 'ready' : 'not-ready'),
  );
}

/** They need the pod network, and a node that is ready; from one that no longer is they move at once. */
export function coreDnsPods(state: ClusterState): readonly PodView[] {
  const { coreDns } = state.kubernetes;
  if (coreDns === 'off') return [];
  const nodes = kubernetesNodes(state)
    .filter(({ ready }) => ready.status === 'True')
    .sort((a, b) => Number(a.controlPlane) - Number(b.controlPlane));
  const count = coreDns === 'one-short' ? coreDnsReplicas - 1 : coreDnsReplicas;
  return Array.from({ length: count }, (_, index) => {
    const node = nodes[index % nodes.length];
    const name = `coredns-${coreDnsTemplate}-${suffix(`${index} ${node?.name}`)}`;
    const app = 'kube-dns';
    if (node === undefined) return { name, app, state: 'pending', ready: false };
    return podOn(node, name, app, coreDns === 'not-ready' ? 'not-ready' : 'ready');
  });
}

/** What the Deployment calls its ReplicaSet. */
export const coreDnsTemplate = '7859998f6';

function podOn(node: KubernetesNodeView, name: string, app: string, state: PodView['state']): PodView {
  return { name, app, node, state, ready: state === 'ready' && node.ready.status !== 'Unknown' };
}

/** Five letters that stay the same from run to run, of those that Kubernetes uses: no vowels, so no words. */
function suffix(seed: string): string {
  const letters = 'bcdfghjklmnpqrstvwxz2456789';
  const bytes = createHash('sha256').update(seed).digest().subarray(0, 5);
  return [...bytes].map((byte) => letters[byte % letters.length]).join('');
}
