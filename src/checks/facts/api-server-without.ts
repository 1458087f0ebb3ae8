import type { NodeSnapshot, Snapshot } from '../../observe/snapshot.ts';
import { apiServerState, reachesMachine } from './api-server.ts';
import { kubeletCauses } from './kubelet.ts';
import { apiServerPod, podTrouble } from './static-pods.ts';

/**
 * Why the API server of a control plane cannot be relied on; undefined if it can. Its pod has to be ready. If it has no
 * readiness probe, the server itself has to answer besides: one that hangs is ready by its pod.
 */
export function apiServerDoubt(node: NodeSnapshot, snapshot: Snapshot): string | undefined {
  const { staticPods, staticPodStatuses } = node;
  const pod = apiServerPod(node);
  if (pod === undefined || !staticPodStatuses.ok) {
    return staticPods.ok && pod === undefined ? 'it has none' : 'its pod is not known';
  }
  const trouble = podTrouble(pod, staticPodStatuses.value, node);
  if (trouble !== undefined) return trouble;
  if (kubeletCauses({ node, snapshot }).length > 0) return 'its kubelet, which reports the pod, is not well';
  const { state, words } = apiServerState(node, snapshot);
  if (state === 'faulty') return words;
  const hasAnswered = state !== 'unknown' && reachesMachine(node, snapshot);
  return hasAnswered || pod.probed ? undefined : `cannot tell whether it serves: ${words}`;
}
