import type { KubernetesNode } from '../../kubernetes/model.ts';
import type { Snapshot } from '../../observe/snapshot.ts';
import type { Outcome } from '../check.ts';
import { clusterCheck } from '../define.ts';
import { clusterWithoutKubernetes } from '../facts/kubernetes.ts';
import { kubernetesMatch } from '../facts/kubernetes-match.ts';
import { here, hint, pass, pending, warn } from '../outcome.ts';
import { count } from '../text.ts';

const advice = hint(
  'Compare the two lists. A machine that left for good leaves its node behind in Kubernetes until somebody deletes it; one that is still there is missing from discovery, or from the given lists.',
  'kubectl get nodes -o wide',
  'talosctl get members',
);
const unlistedAdvice = hint('Give the workers with worker-nodes, or switch discovery on.', 'kubectl get nodes -o wide');
const labelAdvice = hint(
  'The label node-role.kubernetes.io/control-plane belongs on control planes alone; see who set it.',
  'kubectl get nodes --show-labels',
);

function judge(snapshot: Snapshot, nodes: readonly KubernetesNode[]): Outcome {
  const { unmatched, machineOf } = kubernetesMatch(snapshot);
  const { workersKnown } = snapshot.cluster;
  const unexpected = unmatched.filter(({ controlPlane }) => workersKnown || controlPlane);
  if (unexpected.length > 0) {
    const words = `Kubernetes has ${unexpected.length === 1 ? 'a node that is' : 'nodes that are'} no machine of the cluster: ${listed(unexpected)}`;
    return pending(words, advice, here('topology'));
  }
  const mislabelled = nodes.filter(({ name, controlPlane }) => controlPlane && machineOf.get(name)?.role === 'worker');
  if (mislabelled.length > 0) {
    return pending(`labelled as control planes, and workers: ${listed(mislabelled)}`, labelAdvice);
  }
  return unmatched.length > 0
    ? warn(`Kubernetes has workers that are on no list, and that are not judged: ${listed(unmatched)}`, unlistedAdvice)
    : pass(`${count(nodes.length, 'node')}, each a machine of the cluster`);
}

const shown = 10;

function listed(nodes: readonly KubernetesNode[]): string {
  const words = nodes
    .slice(0, shown)
    .map(({ name, addresses }) => {
      const others = addresses.filter((address) => address !== name);
      return others.length === 0 ? name : `${name} (${others.join(', ')})`;
    })
    .join(', ');
  return nodes.length > shown ? `${words} and ${nodes.length - shown} more` : words;
}

export const noUnexpectedNodes = clusterCheck({
  id: 'no-unexpected-nodes',
  stage: 'workloads',
  title: 'every node of Kubernetes is a machine of the cluster',
  explanation:
    'Kubernetes has a node that no machine of the cluster stands behind, by any name or address, or takes a worker for a control plane. Pods placed there do not run, or run on a machine that is not checked.',
  requires: [],
  reads: ['kubernetes.nodes'],
  docs: {
    pending: 'a node of Kubernetes is no machine of the cluster, or a worker is labelled as a control plane',
    warn: 'without discovery and without `worker-nodes`, Kubernetes has workers that are on no list',
    skip: 'no node of the cluster shows a trace of Kubernetes, there is no Kubernetes access (see `kubernetes-api`), or the Kubernetes API cannot be reached from here',
    explainedBy: ['kubernetes-api', 'topology'],
    talosctl:
      '"all k8s nodes to report", which compares addresses alone, and "all control plane components to be ready"',
    reports: ['siderolabs/talos#5834'],
    advice: 'Compare the nodes of Kubernetes with the members of the cluster',
    commands: ['kubectl get nodes -o wide', 'talosctl get members'],
  },
  unless: clusterWithoutKubernetes,
  evaluate({ nodes }, { snapshot }) {
    return judge(snapshot, nodes);
  },
});
