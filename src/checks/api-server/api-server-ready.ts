import type { NodeSnapshot, Snapshot } from '../../observe/snapshot.ts';
import type { NodeCheck, Outcome } from '../check.ts';
import { kubeletCauses } from '../facts/kubelet.ts';
import { withoutKubernetes } from '../facts/kubernetes.ts';
import { judgePods } from '../facts/pods.ts';
import { here, hint, pass, pending } from '../outcome.ts';
import { containerLogs, readContainers, talosctl } from '../text.ts';

function evaluate(node: NodeSnapshot, snapshot: Snapshot): Outcome {
  const none = withoutKubernetes(node, snapshot);
  if (none !== undefined) {
    return none;
  }
  const etcd = here('etcd-service', 'etcd-quorum', 'etcd-leader');
  const causes = [...here('boot-finished'), ...kubeletCauses(node, snapshot), ...etcd];
  return judgePods(node, snapshot, causes, (wanted, troubleOf) => {
    const pod = wanted.find(({ id }) => id === 'kube-apiserver');
    const words = pod === undefined ? 'kube-apiserver is not among the static pods yet' : troubleOf(pod);
    return words === undefined
      ? pass('kube-apiserver is running and ready')
      : pending(
          words,
          hint(
            `The API server needs the etcd of its node. ${readContainers}`,
            ...containerLogs(node),
            talosctl(node, 'get staticpodstatus'),
            talosctl(node, 'logs kubelet'),
          ),
          // Talos asks for the pod only when etcd is healthy; the kubelet has no part in that.
          pod === undefined ? [...here('boot-finished'), ...etcd] : causes,
        );
  });
}

export const apiServerReady: NodeCheck = {
  id: 'api-server-ready',
  stage: 'api-server',
  scope: 'control-plane',
  title: 'kube-apiserver is running and ready',
  explanation: 'The kube-apiserver pod of a control plane is missing, crashes, or is not ready.',
  requires: ['api-reachable'],
  wokenBy: ['static-pods', 'static-pod-statuses'],
  evaluate,
};
