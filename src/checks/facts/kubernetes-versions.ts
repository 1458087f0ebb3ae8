import type { NodeSnapshot, Snapshot } from '../../observe/snapshot.ts';
import type { StaticPod } from '../../talos/model/kubernetes.ts';
import type { Hint, Outcome } from '../check.ts';
import { fail, here, hint, pending, unreadable } from '../outcome.ts';
import { kubernetesMatch } from './kubernetes-match.ts';
import { apiServerPod } from './static-pods.ts';
import { imageVersion } from './versions.ts';

const controlPlanePods = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler'];

/** A component of Kubernetes on a node. */
export interface Component {
  /** Such as `kubelet` or `kube-apiserver`. */
  readonly what: string;
  /** Such as `v1.36.1`; absent if the image has no version. */
  readonly version?: string;
  readonly image: string;
}

/** The components that the machine runs as static pods. */
export function controlPlaneComponents(pods: readonly StaticPod[]): readonly Component[] {
  return pods
    .filter(({ id }) => controlPlanePods.includes(id))
    .map(({ id, image }) => {
      const version = imageVersion(image);
      return { what: id, image, ...(version !== undefined && { version }) };
    });
}

/** The version of the API server that the machine runs, such as `v1.36.1`; undefined if it runs none. */
export function apiServerVersion(node: NodeSnapshot): string | undefined {
  return imageVersion(apiServerPod(node)?.image ?? '');
}

/** The version of the kubelet, from the Kubernetes API or else from Talos; or the outcome without it. */
export type KubeletVersion =
  | { readonly version: string }
  | {
      readonly outcome: Outcome;
      /** This version of Talos exposes it only to os:admin. */
      readonly notExposed?: true;
    };

/** How to have access to the version of the kubelet before Talos 1.14. */
export const kubeletAccess = hint(
  'Give a kubeconfig or a talosconfig with the role os:admin: then the Kubernetes API has the version of each kubelet.',
  'kubectl get nodes -o wide',
);

const refusals: ReadonlySet<string> = new Set(['unsupported-type', 'not-authorized']);

/** The version of the kubelet, from the Kubernetes API or else from Talos; undefined if neither tells it. */
export function knownKubeletVersion({ node, kubeletImage }: NodeSnapshot, snapshot: Snapshot): string | undefined {
  const registered = kubernetesMatch(snapshot).ofMachine.get(node.name)?.kubeletVersion;
  return registered || (kubeletImage.ok ? imageVersion(kubeletImage.value) : undefined);
}

/** @param advice how to have access to the version */
export function kubeletVersion(node: NodeSnapshot, snapshot: Snapshot, advice: Hint): KubeletVersion {
  const version = knownKubeletVersion(node, snapshot);
  if (version !== undefined) {
    return { version };
  }
  const image = node.kubeletImage;
  if (image.ok) {
    return { outcome: pending(`the kubelet's image has no version: ${image.value}`, advice) };
  }
  if (refusals.has(image.error.kind)) {
    // Not a skip: what cannot be verified must not pass.
    const words = 'the version of the kubelet cannot be read: this version of Talos exposes it only to os:admin';
    return { outcome: snapshot.kubernetes.access ? pending(words, advice) : fail(words, advice), notExposed: true };
  }
  return {
    outcome:
      image.error.kind === 'not-found'
        ? pending('there is no kubelet yet', advice, here('boot-finished', 'services'))
        : unreadable(node, 'kubeletImage', image.error),
  };
}
