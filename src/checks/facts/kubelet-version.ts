import type { NodeSnapshot, Snapshot } from '../../observe/snapshot.ts';
import type { Outcome } from '../check.ts';
import { fail, here, hint, pending, unreadable } from '../outcome.ts';
import { kubernetesMatch } from './kubernetes-match.ts';
import { imageVersion } from './versions.ts';

/** What the node's kubelet runs, by the Kubernetes API, which has it from the kubelet, else by Talos; or what to say instead. */
export type KubeletVersion = { readonly version: string } | { readonly outcome: Outcome };

const silent: ReadonlySet<string> = new Set(['unsupported-type', 'not-authorized']);

export function kubeletVersion(node: NodeSnapshot, snapshot: Snapshot): KubeletVersion {
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
  if (silent.has(image.error.kind)) {
    // A caller who expects a version must not be told that all is well by a node that cannot say so.
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
