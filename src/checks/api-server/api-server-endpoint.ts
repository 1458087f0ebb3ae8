import type { ApiServerAnswer, NodeSnapshot, Snapshot } from '../../observe/snapshot.ts';
import type { NodeCheck, Outcome } from '../check.ts';
import { withoutKubernetes } from '../facts/kubernetes.ts';
import { failingParts } from '../facts/readyz.ts';
import { here, hint, pass, pending, warn } from '../outcome.ts';
import { containerLogs, readContainers, talosctl, withReason } from '../text.ts';

function evaluate(node: NodeSnapshot, snapshot: Snapshot): Outcome {
  const none = withoutKubernetes(node, snapshot);
  if (none !== undefined) {
    return none;
  }
  if (node.apiServer?.ok !== true) {
    const reason = node.apiServer?.error.message ?? 'it was not asked';
    // A runner often has no way to port 6443: what the kubelet says of the pod decides, and `api-server-ready` has it.
    return warn(
      `kube-apiserver gives no answer from here: ${reason}`,
      hint(
        `Check, if it should be reachable from here: the control plane node, its kube-apiserver pod, the load balancer (if there is one), and firewall rules for port ${node.node.apiServerPort}.`,
        talosctl(node, 'get staticpodstatus'),
      ),
      here('api-server-ready'),
    );
  }
  const { url, status, body } = withCredentials(node.node.name, node.apiServer.value, snapshot);
  if (status === 200) {
    return pass('/readyz says ready');
  }
  if (status === 401 || status === 403) {
    return pass(`reachable; /readyz is closed to anonymous requests (${status})`);
  }
  return pending(
    withReason(`${url} answers ${status}`, failingParts({ body })),
    hint(
      `The API server runs and says what it lacks: often its etcd. ${readContainers}`,
      talosctl(node, 'service etcd'),
      ...containerLogs(node),
    ),
    here('boot-finished', 'services', 'etcd-service', 'etcd-quorum', 'etcd-leader', 'api-server-ready'),
  );
}

/** Many API servers tell strangers nothing: where there is access, they are asked with credentials besides. */
function withCredentials(name: string, answer: ApiServerAnswer, { kubernetes }: Snapshot): ApiServerAnswer {
  const own = kubernetes.access ? kubernetes.apiServers.get(name) : undefined;
  const isClosed = answer.status === 401 || answer.status === 403;
  return isClosed && own?.ok === true ? { ...answer, ...own.value } : answer;
}

export const apiServerEndpoint: NodeCheck = {
  id: 'api-server-endpoint',
  stage: 'api-server',
  scope: 'control-plane',
  title: 'kube-apiserver answers that it is ready',
  explanation: 'The API server of a control plane answers on its port that it is not ready, or does not answer there.',
  requires: ['api-reachable'],
  wokenBy: ['static-pod-statuses'],
  wokenByKubernetes: ['pods'],
  evaluate,
};
