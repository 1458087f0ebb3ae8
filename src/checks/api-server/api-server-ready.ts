import type { NodeSnapshot, Snapshot } from '../../observe/snapshot.ts';
import type { StaticPod } from '../../talos/model.ts';
import type { Cause, NodeCheck, Outcome } from '../check.ts';
import { apiServerState } from '../facts/api-server.ts';
import { kubeletCauses } from '../facts/kubelet.ts';
import { withoutKubernetes } from '../facts/kubernetes.ts';
import { arePodsUnreported, judgePods, liveliness, unrendered } from '../facts/pods.ts';
import { here, hint, pass, pending } from '../outcome.ts';
import { containerLogs, readContainers, talosctl } from '../text.ts';

const etcd = here('etcd-service', 'etcd-quorum', 'etcd-leader');

function evaluate(node: NodeSnapshot, snapshot: Snapshot): Outcome {
  const none = withoutKubernetes(node, snapshot);
  if (none !== undefined) {
    return none;
  }
  const causes = [...here('boot-finished'), ...kubeletCauses(node, snapshot), ...etcd];
  const server = apiServerState(node, snapshot);
  // Who answers runs, whether or not the kubelet tells of its pod already.
  if (arePodsUnreported(node) && server.is !== 'unknown') {
    return ofServer(node, snapshot, undefined, causes);
  }
  return judgePods(node, snapshot, causes, (wanted, troubleOf) => {
    const pod = wanted.find(({ id }) => id === 'kube-apiserver');
    if (pod === undefined) {
      // Talos renders the pod only when etcd is healthy; the kubelet has no part in that.
      return pending('kube-apiserver is not among the static pods yet', unrendered(node), [
        ...here('boot-finished'),
        ...etcd,
      ]);
    }
    const words = troubleOf(pod);
    return words === undefined
      ? ofServer(node, snapshot, pod, causes)
      : pending(
          words,
          hint(
            `The API server needs the etcd of its node. ${readContainers}`,
            ...containerLogs(node),
            talosctl(node, 'get staticpodstatus'),
            talosctl(node, 'logs kubelet'),
          ),
          causes,
        );
  });
}

/** The pod is well as far as it tells: what the server itself says decides. */
function ofServer(
  node: NodeSnapshot,
  snapshot: Snapshot,
  pod: StaticPod | undefined,
  causes: readonly Cause[],
): Outcome {
  const { is, words } = apiServerState(node, snapshot);
  switch (is) {
    case 'ready':
      return pass('kube-apiserver is running and ready');
    case 'running':
      return pass(pod?.probed === true ? liveliness([pod]) : `kube-apiserver is running: ${words}`);
    case 'unknown':
      return pass(
        pod?.probed === true
          ? liveliness([pod])
          : 'kube-apiserver is running; whether it serves is not known from here',
      );
    case 'faulty':
      return pending(
        words,
        hint(
          `Its process may live and not serve: its pod says nothing about that. Often its etcd is the reason. ${readContainers}`,
          ...containerLogs(node),
          talosctl(node, 'service etcd'),
        ),
        causes,
      );
  }
}

export const apiServerReady: NodeCheck = {
  id: 'api-server-ready',
  stage: 'api-server',
  scope: 'control-plane',
  title: 'kube-apiserver is running and ready',
  explanation:
    'The kube-apiserver pod of a control plane is missing, crashes, or is not ready; or the server refuses connections, hangs, or says that it is not ready.',
  requires: ['api-reachable'],
  watches: ['static-pods', 'static-pod-statuses', 'node-status'],
  watchesOfKubernetes: ['pods'],
  evaluate,
};
