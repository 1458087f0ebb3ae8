import type { NodeSnapshot, Snapshot } from '../../observe/snapshot.ts';
import type { StaticPod, StaticPodStatus } from '../../talos/model.ts';
import type { Cause, Outcome } from '../check.ts';
import { hint, notKnown, unreadable } from '../outcome.ts';
import { talosctl, withReason } from '../text.ts';
import { kubeletCauses } from './kubelet.ts';

/** Restart policies under which a pod may end well. */
const mayEnd = new Set(['Never', 'OnFailure']);

/** What is wrong with a static pod that the node wants, in words; undefined where it is running and ready. */
function podTrouble(pod: StaticPod, statuses: readonly StaticPodStatus[], node: NodeSnapshot): string | undefined {
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

/** The kubelet names a static pod after its node. Without the node's name any name will do: the statuses are all this node's. */
function isStatusOf(id: string, pod: StaticPod, node: NodeSnapshot): boolean {
  const prefix = `${pod.namespace}/${pod.name}-`;
  return node.nodename.ok ? id === prefix + node.nodename.value.nodename : id.startsWith(prefix);
}

/**
 * Judges what a node wants of static pods against what its kubelet reports.
 * What a kubelet in trouble reported last is not to be trusted, so then nothing
 * passes: the kubelet's own check has the cause.
 */
export function judgePods(
  node: NodeSnapshot,
  snapshot: Snapshot,
  causes: readonly Cause[],
  judge: (wanted: readonly StaticPod[], troubleOf: (pod: StaticPod) => string | undefined) => Outcome,
): Outcome {
  if (!node.staticPods.ok) {
    return unreadable(node, node.staticPods.error, 'the static pods', causes);
  }
  if (!node.staticPodStatuses.ok) {
    return unreadable(node, node.staticPodStatuses.error, 'the status of the static pods', causes);
  }
  const statuses = node.staticPodStatuses.value;
  const outcome = judge(node.staticPods.value, (pod) => podTrouble(pod, statuses, node));
  return outcome.status === 'pass' && kubeletCauses(node, snapshot).length > 0
    ? notKnown(
        'not known: the kubelet, which reports it, is not well',
        hint('See to the kubelet first.', talosctl(node, 'service kubelet')),
        kubeletCauses(node, snapshot),
      )
    : outcome;
}
