import type { Cause } from '../check.ts';
import type { NodeSubject } from '../define.ts';
import { here } from '../outcome.ts';
import { serviceTroubles } from './services.ts';

/** The kubelet, and the services that it depends on. */
const kubeletChain = new Set(['kubelet', 'cri', 'containerd']);

/**
 * `services`, if that check reports the kubelet, or a problem without the name of a service. Empty if the kubelet is
 * healthy: no other service is the cause of a pod that does not run.
 */
export function kubeletCauses({ node, snapshot }: Pick<NodeSubject, 'node' | 'snapshot'>): readonly Cause[] {
  const isHealthy =
    node.services.ok &&
    serviceTroubles(node, node.services.value, snapshot).every(
      ({ service }) => service !== undefined && !kubeletChain.has(service),
    );
  return isHealthy ? [] : here('services');
}

/** The causes of a pod that does not run: the node still boots, or its kubelet is not healthy. */
export function podCauses(subject: Pick<NodeSubject, 'node' | 'snapshot'>): readonly Cause[] {
  return [...here('boot-finished'), ...kubeletCauses(subject)];
}
