import type { NodeSnapshot, Snapshot } from '../../observe/snapshot.ts';
import type { Cause, NodeCheck, Outcome } from '../check.ts';
import { unmetReason } from '../facts/conditions.ts';
import { kubeletCauses } from '../facts/kubelet.ts';
import { withoutKubernetes } from '../facts/kubernetes.ts';
import { judgePods } from '../facts/pods.ts';
import { here, hint, pass, pending, skip } from '../outcome.ts';
import { count, talosctl } from '../text.ts';

/** Pods that have a check of their own, and which. */
const explained = new Map([
  ['kube-apiserver', 'api-server-ready'],
  ['kube-controller-manager', 'control-plane-components'],
  ['kube-scheduler', 'control-plane-components'],
]);

function evaluate(node: NodeSnapshot, snapshot: Snapshot): Outcome {
  const unmet = unmetReason(node, 'staticPods');
  const none = withoutKubernetes(node, snapshot);
  if (none !== undefined && unmet === undefined) {
    return none;
  }
  const causes = [...here('boot-finished'), ...kubeletCauses(node, snapshot)];
  return judgePods(node, snapshot, causes, (wanted, troubleOf) => {
    const troubles = wanted.flatMap((pod) => {
      const words = troubleOf(pod);
      return words === undefined ? [] : [{ words, by: explained.get(pod.id) }];
    });
    if (troubles.length === 0 && unmet === undefined) {
      const ready = wanted.every(({ probed }) => probed) ? ' and ready' : '';
      return pass(wanted.length === 0 ? 'none wanted' : `${count(wanted.length, 'static pod')} running${ready}`);
    }
    if (unmet === undefined && isSilentWorker(node)) {
      return skip(
        `a worker does not tell Talos how its static pods fare: ${wanted.map(({ name }) => name).join(', ')}`,
      );
    }
    // Talos's own word counts where ours finds nothing: it also knows pods that are not wanted any more, and still there.
    const own = troubles.length > 0 ? troubles : reportedBy(unmet ?? '');
    return pending(
      own.map(({ words }) => words).join('; '),
      hint(
        'Read the log of the kubelet, and the logs of the containers.',
        talosctl(node, 'get staticpodstatus'),
        talosctl(node, 'logs kubelet'),
      ),
      [...causes, ...explainedBy(own)],
    );
  });
}

/** Talos asks the kubelet with a certificate that only control planes have: on a worker there are no statuses, ever. */
function isSilentWorker({ node, staticPodStatuses }: NodeSnapshot): boolean {
  return node.role === 'worker' && staticPodStatuses.ok && staticPodStatuses.value.length === 0;
}

interface PodTrouble {
  readonly words: string;
  readonly by: string | undefined;
}

/** Talos joins `kube-system/kube-scheduler-cp-1 not ready` and the like by commas. */
function reportedBy(reason: string): readonly PodTrouble[] {
  return reason.split(', ').map((words) => {
    const name = [...explained.keys()].find((pod) => words.startsWith(`kube-system/${pod}-`));
    return { words, by: name === undefined ? undefined : explained.get(name) };
  });
}

/** Other checks explain it only where they cover every pod in trouble: one more makes it a fault of its own. */
function explainedBy(troubles: readonly PodTrouble[]): Cause[] {
  const by = troubles.flatMap((trouble) => (trouble.by === undefined ? [] : [trouble.by]));
  return by.length === troubles.length ? here(...new Set(by)) : [];
}

export const staticPods: NodeCheck = {
  id: 'static-pods',
  stage: 'static-pods',
  scope: 'node',
  title: 'the static pods are running',
  explanation: 'A static pod that the machine configuration asks for is missing, crashes, or is not ready.',
  requires: ['api-reachable'],
  watches: ['static-pods', 'static-pod-statuses', 'node-status', 'machine-status'],
  evaluate,
};
