import type { NodeSnapshot, Snapshot } from '../../observe/snapshot.ts';
import type { StaticPod } from '../../talos/model/kubernetes.ts';
import type { Cause, Outcome } from '../check.ts';
import { type NodeSubject, nodeCheck } from '../define.ts';
import { apiServerState } from '../facts/api-server.ts';
import { podCauses } from '../facts/kubelet.ts';
import { withoutKubernetes } from '../facts/kubernetes.ts';
import { arePodsUnreported, judgePods, missingPodHint, runningPods } from '../facts/static-pods.ts';
import { here, hint, pass, pending } from '../outcome.ts';
import { containerLogs, readContainers, talosctl } from '../text.ts';

const etcd = here('etcd-service', 'etcd-quorum', 'etcd-leader');

const causesOf = (subject: NodeSubject): readonly Cause[] => [...podCauses(subject), ...etcd];

/** The pod is not at fault, so the answer of the server decides. */
function ofServer(
  node: NodeSnapshot,
  snapshot: Snapshot,
  pod: StaticPod | undefined,
  causes: readonly Cause[],
): Outcome {
  const { state, words } = apiServerState(node, snapshot);
  switch (state) {
    case 'ready':
      return pass('kube-apiserver is running and ready');
    case 'running':
      return pass(pod?.probed === true ? runningPods([pod]) : `kube-apiserver is running: ${words}`);
    case 'unknown':
      return pass(
        pod?.probed === true
          ? runningPods([pod])
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

export const apiServerReady = nodeCheck({
  id: 'api-server-ready',
  stage: 'api-server',
  scope: 'control-plane',
  title: 'kube-apiserver is running and ready',
  explanation:
    'The kube-apiserver pod of a control plane is missing, crashes, or is not ready; or the server refuses connections, hangs, or says that it is not ready.',
  requires: ['api-reachable'],
  reads: ['staticPods', 'staticPodStatuses'],
  alsoReads: ['nodeStatuses', 'apiServer', 'kubernetes.pods'],
  docs: {
    pending:
      'the pod kube-apiserver is not wanted yet, not known to the kubelet, not Running, or not Ready; or the machine itself is reached from here (it takes connections on the Talos port of the same address), and the server refuses connections, takes them and does not answer within `rpc-timeout`, or answers anything but 200, 401 or 403; or packets to its port vanish while another API server answers, or after this one had been reached. An answer to the credentials counts wherever it comes from, if its certificate is of the cluster',
    skip: 'no node of the cluster shows a trace of Kubernetes',
    explainedBy: ['boot-finished', 'services', 'etcd-service', 'etcd-quorum', 'etcd-leader', 'node-registered'],
    talosctl:
      '"all control plane static pods to be running" and "all control plane components to be ready"; the first is content with a pod that crashes',
    reports: ['siderolabs/talos#10602', 'siderolabs/talos#13445'],
    advice: 'The API server needs the etcd of its node. Read the logs of its containers',
    commands: [
      'talosctl -n 10.0.0.2 containers --kubernetes',
      'talosctl -n 10.0.0.2 logs --kubernetes CONTAINER-ID',
      'talosctl -n 10.0.0.2 get staticpodstatus',
      'talosctl -n 10.0.0.2 logs kubelet',
    ],
  },
  unless: withoutKubernetes,
  unread: (subject) => ({ explainedBy: causesOf(subject) }),
  evaluate(pods, subject) {
    const { node, snapshot } = subject;
    const causes = causesOf(subject);
    const server = apiServerState(node, snapshot);
    // A server that answers runs, even if the kubelet does not report its pod yet.
    if (arePodsUnreported(node) && server.state !== 'unknown') {
      return ofServer(node, snapshot, undefined, causes);
    }
    return judgePods(pods, subject, causes, (wanted, troubleOf) => {
      const pod = wanted.find(({ id }) => id === 'kube-apiserver');
      if (pod === undefined) {
        // Talos writes the static pod once etcd is healthy; the kubelet is not involved.
        return pending('kube-apiserver is not among the static pods yet', missingPodHint(node), [
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
  },
});
