import type { NodeSnapshot, Snapshot } from '../../observe/snapshot.ts';
import type { Outcome } from '../check.ts';
import { nodeCheck } from '../define.ts';
import { withoutKubernetes } from '../facts/kubernetes.ts';
import { kubernetesMatch } from '../facts/kubernetes-match.ts';
import { imageVersion, isVersion } from '../facts/versions.ts';
import { fail, here, hint, pass, pending, unreadable } from '../outcome.ts';
import { talosctl } from '../text.ts';

const components = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler'];

/** The version of the kubelet, from the Kubernetes API or else from Talos; or the outcome without it. */
type KubeletVersion = { readonly version: string } | { readonly outcome: Outcome };

const notExposed: ReadonlySet<string> = new Set(['unsupported-type', 'not-authorized']);

function kubeletVersion(node: NodeSnapshot, snapshot: Snapshot): KubeletVersion {
  const registered = registeredVersion(node, snapshot);
  if (registered !== undefined) {
    return { version: registered };
  }
  const image = node.kubeletImage;
  if (image.ok) {
    const version = imageVersion(image.value);
    return version === undefined
      ? { outcome: pending(`the kubelet's image has no version: ${image.value}`, accessHint) }
      : { version };
  }
  if (notExposed.has(image.error.kind)) {
    // Not a skip: an expected version that cannot be verified must not pass.
    const words = 'the version of the kubelet cannot be read: this version of Talos exposes it only to os:admin';
    return { outcome: snapshot.kubernetes.access ? pending(words, accessHint) : fail(words, accessHint) };
  }
  return image.error.kind === 'not-found'
    ? { outcome: pending('there is no kubelet yet', accessHint, here('boot-finished', 'services')) }
    : { outcome: unreadable(node, 'kubeletImage', image.error) };
}

const accessHint = hint(
  'Give a kubeconfig or a talosconfig with the role os:admin: then the Kubernetes API has the version of each kubelet. Or omit expected-kubernetes-version.',
  'kubectl get nodes -o wide',
);

function registeredVersion({ node }: NodeSnapshot, snapshot: Snapshot): string | undefined {
  return kubernetesMatch(snapshot).ofMachine.get(node.name)?.kubeletVersion || undefined;
}

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
    const kubelet = kubeletVersion(node, snapshot);
    if ('outcome' in kubelet) {
      return kubelet.outcome;
    }
    const pods = staticPods.filter(({ id }) => components.includes(id));
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
  },
});
