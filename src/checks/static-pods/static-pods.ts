import type { NodeSnapshot } from '../../observe/snapshot.ts';
import type { Cause } from '../check.ts';
import { nodeCheck } from '../define.ts';
import { podCauses } from '../facts/kubelet.ts';
import { withoutKubernetes } from '../facts/kubernetes.ts';
import { unmetReason } from '../facts/machine-status.ts';
import { judgePods } from '../facts/static-pods.ts';
import { here, hint, pass, pending, skip } from '../outcome.ts';
import { count, talosctl } from '../text.ts';

/** Pods that another check covers, and the id of that check. */
const checkOfPod = new Map([
  ['kube-apiserver', 'api-server-ready'],
  ['kube-controller-manager', 'control-plane-components'],
  ['kube-scheduler', 'control-plane-components'],
]);

/** Talos reads pod statuses from the kubelet with a certificate that only control planes have: workers have no statuses. */
function isWorkerWithoutStatuses({ node, staticPodStatuses }: NodeSnapshot): boolean {
  return node.role === 'worker' && staticPodStatuses.ok && staticPodStatuses.value.length === 0;
}

interface PodTrouble {
  readonly words: string;
  /** The check that covers the pod. */
  readonly by: string | undefined;
}

/** Splits the reason of Talos, such as `kube-system/kube-scheduler-cp-1 not ready, …`. */
function reportedBy(reason: string): readonly PodTrouble[] {
  return reason.split(', ').map((words) => {
    const name = [...checkOfPod.keys()].find((pod) => words.startsWith(`kube-system/${pod}-`));
    return { words, by: name === undefined ? undefined : checkOfPod.get(name) };
  });
}

/** Other checks are the cause only if they cover every pod in the list. */
function explainedBy(troubles: readonly PodTrouble[]): Cause[] {
  const by = troubles.flatMap((trouble) => (trouble.by === undefined ? [] : [trouble.by]));
  return by.length === troubles.length ? here(...new Set(by)) : [];
}

export const staticPods = nodeCheck({
  id: 'static-pods',
  stage: 'static-pods',
  scope: 'node',
  title: 'the static pods are running',
  explanation: 'A static pod that the machine configuration asks for is missing, crashes, or is not ready.',
  requires: ['api-reachable'],
  reads: ['staticPods', 'staticPodStatuses'],
  alsoReads: ['nodeStatuses', 'machineStatus'],
  docs: {
    pending: 'a static pod that the node wants is not known to the kubelet, not Running, or not Ready',
    skip: 'no node of the cluster shows a trace of Kubernetes, or a worker, which does not tell Talos how its static pods fare',
    explainedBy: ['boot-finished', 'services', 'api-server-ready', 'control-plane-components', 'node-registered'],
    talosctl:
      '"all control plane static pods to be running": existence is enough there, and a pod that crashes again and again passes',
    reports: ['siderolabs/talos#13445', 'siderolabs/talos#7377'],
    advice: 'Read the log of the kubelet, and the logs of the containers',
    commands: ['talosctl -n 10.0.0.2 get staticpodstatus', 'talosctl -n 10.0.0.2 logs kubelet'],
  },
  unless: (subject) => (unmetReason(subject.node, 'staticPods') === undefined ? withoutKubernetes(subject) : undefined),
  unread: (subject) => ({ explainedBy: podCauses(subject) }),
  evaluate(pods, subject) {
    const { node } = subject;
    const unmet = unmetReason(node, 'staticPods');
    const causes = podCauses(subject);
    return judgePods(pods, subject, causes, (wanted, troubleOf) => {
      const troubles = wanted.flatMap((pod) => {
        const words = troubleOf(pod);
        return words === undefined ? [] : [{ words, by: checkOfPod.get(pod.id) }];
      });
      if (troubles.length === 0 && unmet === undefined) {
        const ready = wanted.every(({ probed }) => probed) ? ' and ready' : '';
        return pass(wanted.length === 0 ? 'none wanted' : `${count(wanted.length, 'static pod')} running${ready}`);
      }
      if (unmet === undefined && isWorkerWithoutStatuses(node)) {
        return skip(
          `a worker does not tell Talos how its static pods fare: ${wanted.map(({ name }) => name).join(', ')}`,
        );
      }
      // Talos also reports pods that should not run any more, but still do.
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
  },
});
