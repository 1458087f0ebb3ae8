import { nodeCheck } from '../define.ts';
import { withoutKubernetes } from '../facts/kubernetes.ts';
import { controlPlaneComponents, kubeletVersion } from '../facts/kubernetes-versions.ts';
import { isVersion } from '../facts/versions.ts';
import { hint, pass, pending } from '../outcome.ts';
import { talosctl } from '../text.ts';

const accessHint = hint(
  'Give a kubeconfig or a talosconfig with the role os:admin: then the Kubernetes API has the version of each kubelet. Or omit expected-kubernetes-version.',
  'kubectl get nodes -o wide',
);

export const kubernetesVersion = nodeCheck({
  id: 'kubernetes-version',
  stage: 'nodes',
  scope: 'node',
  title: 'the node runs the expected version of Kubernetes',
  explanation:
    'The kubelet or a component of the control plane is of another version than expected-kubernetes-version says.',
  requires: ['api-reachable'],
  reads: ['staticPods'],
  alsoReads: ['kubeletImage', 'kubernetes.nodes'],
  enabled: ({ expected }) => expected.kubernetesVersion !== undefined,
  docs: {
    pending: 'the kubelet, kube-apiserver, kube-controller-manager or kube-scheduler is of another version',
    fail: 'the version of the kubelet is not available: Talos before 1.14, and no access to the Kubernetes API',
    explainedBy: ['boot-finished', 'services'],
    talosctl: 'not asked there',
    reports: ['home-operations/tuppr#96'],
    advice: 'See where the upgrade of Kubernetes stopped',
    commands: ['talosctl -n 10.0.0.2 get staticpods -o yaml', 'kubectl get nodes -o wide'],
  },
  evaluate({ staticPods }, { node, snapshot, options: { expected } }) {
    const wanted = expected.kubernetesVersion ?? '';
    const advice = hint(
      'The upgrade of Kubernetes has not got to this node yet, or stopped half-way.',
      talosctl(node, 'get staticpods -o yaml'),
      'kubectl get nodes -o wide',
    );
    if (withoutKubernetes({ node, snapshot }) !== undefined) {
      return pending(`it runs no Kubernetes, and ${wanted} is expected`, advice);
    }
    const kubelet = kubeletVersion(node, snapshot, accessHint);
    if ('outcome' in kubelet) {
      return kubelet.outcome;
    }
    const versions = [
      { what: 'kubelet', version: kubelet.version },
      ...controlPlaneComponents(staticPods).map(({ what, version, image }) => ({
        what,
        version: version ?? `of the image ${image}`,
      })),
    ];
    const others = versions.filter(({ version }) => !isVersion(version, wanted));
    return others.length === 0
      ? pass(`Kubernetes ${kubelet.version}`)
      : pending(
          `${others.map(({ what, version }) => `${what} ${version}`).join(', ')}, and ${wanted} is expected`,
          advice,
        );
  },
});
