import type { Cause } from '../check.ts';
import type { NodeSubject } from '../define.ts';
import { here } from '../outcome.ts';
import { serviceTroubles } from './services.ts';

/** The kubelet, and what it runs on. */
const kubeletChain = new Set(['kubelet', 'cri', 'containerd']);

/**
 * The causes of what a node's kubelet does not do: `services`, where it is the
 * kubelet (or something that cannot be told apart) that `services` complains
 * of. Empty where the kubelet is well: another service's trouble explains no pod.
 */
export function kubeletCauses({ node, snapshot }: Pick<NodeSubject, 'node' | 'snapshot'>): readonly Cause[] {
  const well =
    node.services.ok &&
    serviceTroubles(node, node.services.value, snapshot).every(
      ({ service }) => service !== undefined && !kubeletChain.has(service),
    );
  return well ? [] : here('services');
}

/** The causes of a pod that does not run: the node still boots, or its kubelet is not healthy. */
export function podCauses(subject: Pick<NodeSubject, 'node' | 'snapshot'>): readonly Cause[] {
  return [...here('boot-finished'), ...kubeletCauses(subject)];
}
