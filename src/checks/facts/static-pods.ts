import type { NodeSnapshot } from '../../observe/snapshot.ts';
import type { StaticPod, StaticPodStatus } from '../../talos/model/kubernetes.ts';
import type { Cause, Hint, Outcome } from '../check.ts';
import type { NodeSubject, Values } from '../define.ts';
import { here, hint, notKnown } from '../outcome.ts';
import { talosctl, withReason } from '../text.ts';
import { kubeletCauses } from './kubelet.ts';

/** The static pod of the API server of a machine; undefined if it has none, or if its pods are not known. */
export function apiServerPod({ staticPods }: NodeSnapshot): StaticPod | undefined {
  return staticPods.ok ? staticPods.value.find(({ id }) => id === 'kube-apiserver') : undefined;
}

/** Restart policies under which a pod may succeed. */
const mayEnd = new Set(['Never', 'OnFailure']);

/** What is wrong with a static pod; undefined if it is running and ready. */
export function podTrouble(
  pod: StaticPod,
  statuses: readonly StaticPodStatus[],
  node: NodeSnapshot,
): string | undefined {
  const status = statuses.find(({ id }) => isStatusOf(id, pod, node));
  if (status === undefined) {
    return `${pod.name} is not running: the kubelet reports no such pod`;
  }
  if (status.phase === 'Succeeded' && mayEnd.has(pod.restartPolicy)) {
    return undefined;
  }
  if (status.phase !== 'Running') {
    return withReason(`${pod.name} is ${status.phase === '' ? 'in no phase yet' : status.phase}`, status.reason);
  }
  return status.ready ? undefined : withReason(`${pod.name} is not ready`, status.reason);
}

/** The kubelet appends the node name to the name of a static pod. If that is not known any name matches: all statuses are of this node. */
function isStatusOf(id: string, pod: StaticPod, node: NodeSnapshot): boolean {
  const prefix = `${pod.namespace}/${pod.name}-`;
  return node.nodename.ok ? id === prefix + node.nodename.value.nodename : id.startsWith(prefix);
}

/** Talos reads pod statuses from the kubelet only once the node is registered: until then there are none. */
export function arePodsUnreported({
  node,
  nodename,
  nodeStatuses,
  staticPods,
  staticPodStatuses,
}: NodeSnapshot): boolean {
  const isEmpty = staticPodStatuses.ok && staticPodStatuses.value.length === 0;
  const wantsSome = staticPods.ok && staticPods.value.length > 0;
  const registers = nodename.ok && !nodename.value.skipNodeRegistration;
  return node.role === 'controlplane' && isEmpty && wantsSome && registers && isUnregistered(nodeStatuses);
}

const isUnregistered = (statuses: NodeSnapshot['nodeStatuses']): boolean => statuses.ok && statuses.value.length === 0;

/** Pods that the kubelet reports as ready. Without a readiness probe that only means that they run. */
export function runningPods(pods: readonly StaticPod[]): string {
  return pods.map(({ id, probed }) => `${id} is running${probed ? ' and ready' : ''}`).join(', ');
}

/** For a pod of the control plane that is not among the static pods. */
export function missingPodHint(node: NodeSnapshot): Hint {
  return hint(
    'Talos writes the static pods of the control plane once etcd is healthy, the time is in sync and the certificates of Kubernetes are made. Its controllers say what they wait for.',
    talosctl(node, 'get staticpods'),
    talosctl(node, 'logs controller-runtime'),
    talosctl(node, 'service etcd'),
  );
}

/**
 * Compares the static pods with what the kubelet reports. The reports of an unhealthy kubelet can be stale, so then
 * nothing passes, and the check `services` has the cause.
 */
export function judgePods(
  { staticPods, staticPodStatuses }: Values<'staticPods' | 'staticPodStatuses'>,
  subject: NodeSubject,
  causes: readonly Cause[],
  judge: (wanted: readonly StaticPod[], troubleOf: (pod: StaticPod) => string | undefined) => Outcome,
): Outcome {
  const { node } = subject;
  if (arePodsUnreported(node)) {
    return notKnown(
      'not known yet: the kubelet reports its static pods once its node is registered in Kubernetes',
      hint('See to the registration of the node first.', talosctl(node, 'logs kubelet')),
      [...causes, ...here('node-registered')],
    );
  }
  const outcome = judge(staticPods, (pod) => podTrouble(pod, staticPodStatuses, node));
  return outcome.status === 'pass' && kubeletCauses(subject).length > 0
    ? notKnown(
        'not known: the kubelet, which reports it, is not well',
        hint('See to the kubelet first.', talosctl(node, 'service kubelet')),
        kubeletCauses(subject),
      )
    : outcome;
}
