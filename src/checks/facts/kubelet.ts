import type { NodeSnapshot, Snapshot } from '../../observe/snapshot.ts';
import type { Cause } from '../check.ts';
import { here } from '../outcome.ts';
import { serviceTroubles } from './services.ts';

/** The kubelet, and what it runs on. */
const kubeletChain = new Set(['kubelet', 'cri', 'containerd']);

/**
 * The causes of what a node's kubelet does not do: `services`, where it is the
 * kubelet (or something that cannot be told apart) that `services` complains
 * of. Empty where the kubelet is well: another service's trouble explains no pod.
 */
export function kubeletCauses(node: NodeSnapshot, snapshot: Snapshot): readonly Cause[] {
  const well =
    node.services.ok &&
    serviceTroubles(node, node.services.value, snapshot).every(
      ({ service }) => service !== undefined && !kubeletChain.has(service),
    );
  return well ? [] : here('services');
}
