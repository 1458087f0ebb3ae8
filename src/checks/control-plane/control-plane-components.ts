import type { NodeSnapshot, Snapshot } from '../../observe/snapshot.ts';
import type { NodeCheck, Outcome } from '../check.ts';
import { kubeletCauses } from '../facts/kubelet.ts';
import { withoutKubernetes } from '../facts/kubernetes.ts';
import { judgePods } from '../facts/pods.ts';
import { here, hint, pass, pending, unreadable } from '../outcome.ts';
import { talosctl } from '../text.ts';

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
    const troubles = components.flatMap((id) => {
      const pod = wanted.find((candidate) => candidate.id === id);
      const trouble = pod === undefined ? `${id} is not among the static pods yet` : troubleOf(pod);
      return trouble === undefined || (pod === undefined && disabled.includes(id)) ? [] : [trouble];
    });
    const off = missing.filter((id) => disabled.includes(id)).map((id) => `${id} is disabled`);
    const on = components.filter((id) => !missing.includes(id)).map((id) => `${id} is running and ready`);
    return troubles.length === 0
      ? pass([...on, ...off].join(', '))
      : pending(
          troubles.join('; '),
          hint(
            'Read the logs of its containers.',
            talosctl(node, 'containers --kubernetes'),
            talosctl(node, 'get staticpodstatus'),
          ),
          causes,
        );
  });
}

export const controlPlaneComponents: NodeCheck = {
  id: 'control-plane-components',
  stage: 'control-plane',
  scope: 'control-plane',
  title: 'kube-controller-manager and kube-scheduler are running and ready',
  explanation: 'A component of the control plane, other than the API server, is missing, crashes, or is not ready.',
  requires: ['api-reachable'],
  wokenBy: ['static-pods', 'static-pod-statuses'],
  evaluate,
};
