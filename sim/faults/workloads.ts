import type { ClusterState } from '../model/state.ts';
import { clusterFault, type Fault, nodeFault } from './fault.ts';

/** Faults that only Kubernetes shows. */
export const workloadFaults = {
  'kubernetes-extra-node': clusterFault(
    'Kubernetes has a node that is no machine of the cluster (member, address).',
    (state, args) =>
      kubernetes(state, {
        strangers: [
          ...state.kubernetes.strangers,
          { name: args.member ?? 'former-worker', address: args.address ?? strangeAddress(state), ready: true },
        ],
      }),
  ),
  'kubernetes-unauthorized': switched(
    { access: 'unauthorized' },
    'Kubernetes does not know who signed the client certificates: it says 401 to all of them.',
  ),
  'kubernetes-forbidden': switched({ access: 'forbidden' }, 'Nobody may read anything in Kubernetes: it says 403.'),
  'kubernetes-forgets': switched(
    { forgetful: true },
    'Kubernetes does not keep the past: a watch from an earlier list is told to list again, 410.',
  ),
  'kube-proxy-absent': switched(
    { kubeProxy: false },
    'There is no DaemonSet kube-proxy: that is no fault where something else does its work.',
  ),
  'kube-proxy-not-ready': nodeFault('The kube-proxy on the node is not ready.', (node) => ({
    ...node,
    kubernetes: { ...node.kubernetes, kubeProxyReady: false },
  })),
  'coredns-budget': switched(
    { coreDnsBudget: true },
    'A PodDisruptionBudget lets no pod of CoreDNS go: that is no fault.',
  ),
  'pod-without-controller': nodeFault('A pod without a controller runs on the node: that is no fault.', (node) => ({
    ...node,
    kubernetes: { ...node.kubernetes, lonelyPod: true },
  })),
  'coredns-absent': switched({ coreDns: 'off' }, 'There is no Deployment of CoreDNS: the owner may want it so.'),
  'coredns-not-ready': switched({ coreDns: 'not-ready' }, 'No pod of CoreDNS is ready.'),
  'coredns-one-short': switched({ coreDns: 'one-short' }, 'CoreDNS has one pod less than it should have.'),
} as const;

function kubernetes(state: ClusterState, changed: Partial<ClusterState['kubernetes']>): ClusterState {
  return { ...state, kubernetes: { ...state.kubernetes, ...changed } };
}

function switched(changed: Partial<ClusterState['kubernetes']>, description: string): Fault {
  return clusterFault(description, (state) => kubernetes(state, changed));
}

function strangeAddress(state: ClusterState): string {
  const network = state.nodes[0]?.address.split('.').slice(0, 2).join('.') ?? '10.5';
  return `${network}.254.255`;
}
