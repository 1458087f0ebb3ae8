import type { CheckOptions } from '../../inputs/options.ts';
import type { NodeSnapshot, Snapshot } from '../../observe/snapshot.ts';
import type { NodeCheck, Outcome } from '../check.ts';
import { kubeletVersion } from '../facts/kubelet-version.ts';
import { withoutKubernetes } from '../facts/kubernetes.ts';
import { imageVersion, isVersion } from '../facts/versions.ts';
import { hint, pass, pending, unreadable } from '../outcome.ts';
import { talosctl } from '../text.ts';

const components = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler'];

function evaluate(node: NodeSnapshot, snapshot: Snapshot, { expected }: CheckOptions): Outcome {
  const wanted = expected.kubernetesVersion ?? '';
  const advice = hint(
    'The upgrade of Kubernetes has not got to this node yet, or stopped half-way.',
    talosctl(node, 'get staticpods -o yaml'),
    'kubectl get nodes -o wide',
  );
  if (withoutKubernetes(node, snapshot) !== undefined) {
    return pending(`it runs no Kubernetes, and ${wanted} is expected`, advice);
  }
  const kubelet = kubeletVersion(node, snapshot);
  if ('outcome' in kubelet) {
    return kubelet.outcome;
  }
  if (!node.staticPods.ok) {
    return unreadable(node, node.staticPods.error, 'the static pods');
  }
  const pods = node.staticPods.value.filter(({ id }) => components.includes(id));
  const versions = [
    { what: 'kubelet', version: kubelet.version },
    ...pods.map(({ id, image }) => ({ what: id, version: imageVersion(image) ?? `of the image ${image}` })),
  ];
  const others = versions.filter(({ version }) => !isVersion(version, wanted));
  return others.length === 0
    ? pass(`Kubernetes ${kubelet.version}`)
    : pending(
        `${others.map(({ what, version }) => `${what} ${version}`).join(', ')}, and ${wanted} is expected`,
        advice,
      );
}

export const kubernetesVersion: NodeCheck = {
  id: 'kubernetes-version',
  stage: 'nodes',
  scope: 'node',
  title: 'the node runs the expected version of Kubernetes',
  explanation:
    'The kubelet or a component of the control plane is of another version than expected-kubernetes-version says.',
  requires: ['api-reachable'],
  watches: ['static-pods', 'kubelet'],
  watchesOfKubernetes: ['nodes'],
  enabled: ({ expected }) => expected.kubernetesVersion !== undefined,
  evaluate,
};
