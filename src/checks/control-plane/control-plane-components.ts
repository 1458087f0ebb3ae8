import type { NodeSnapshot, Snapshot } from '../../observe/snapshot.ts';
import type { NodeCheck, Outcome } from '../check.ts';
import { kubeletCauses } from '../facts/kubelet.ts';
import { withoutKubernetes } from '../facts/kubernetes.ts';
import { judgePods, liveliness, unrendered } from '../facts/pods.ts';
import { here, hint, pass, pending, unreadable } from '../outcome.ts';
import { containerLogs, readContainers, talosctl } from '../text.ts';

const components = ['kube-controller-manager', 'kube-scheduler'];

function evaluate(node: NodeSnapshot, snapshot: Snapshot): Outcome {
  const none = withoutKubernetes(node, snapshot);
  if (none !== undefined) {
    return none;
  }
  // Both talk to the API server of their own node, and without it they crash.
  const causes = [...here('boot-finished'), ...kubeletCauses(node, snapshot), ...here('api-server-ready')];
  return judgePods(node, snapshot, causes, (wanted, troubleOf) => {
    const missing = components.filter((id) => !wanted.some((pod) => pod.id === id));
    if (missing.length > 0 && node.disabledComponents?.ok === false) {
      return unreadable(node, node.disabledComponents.error, `whether ${missing.join(' and ')} should run`, causes);
    }
    const disabled = node.disabledComponents?.ok === true ? node.disabledComponents.value : [];
    const unwanted = missing
      .filter((id) => !disabled.includes(id))
      .map((id) => `${id} is not among the static pods yet`);
    const unwell = wanted.filter(({ id }) => components.includes(id)).flatMap((pod) => troubleOf(pod) ?? []);
    const troubles = [...unwanted, ...unwell];
    const off = missing.filter((id) => disabled.includes(id)).map((id) => `${id} is disabled`);
    const on = wanted.filter(({ id }) => components.includes(id));
    return troubles.length === 0
      ? pass([liveliness(on), ...off].filter((words) => words !== '').join(', '))
      : pending(
          troubles.join('; '),
          unwell.length > 0
            ? hint(readContainers, ...containerLogs(node), talosctl(node, 'get staticpodstatus'))
            : unrendered(node),
          // What is not even wanted is not for the kubelet to run; where nothing is, they all wait for the same.
          unwell.length > 0 ? causes : here('boot-finished', ...(wanted.length > 0 ? [] : ['api-server-ready'])),
        );
  });
}

export const controlPlaneComponents: NodeCheck = {
  id: 'control-plane-components',
  stage: 'control-plane',
  scope: 'control-plane',
  title: 'kube-controller-manager and kube-scheduler are running',
  explanation:
    'A component of the control plane, other than the API server, is missing, crashes, or is not ready. Without a readiness probe its pod only shows that it runs.',
  requires: ['api-reachable'],
  watches: ['static-pods', 'static-pod-statuses', 'node-status'],
  evaluate,
};
