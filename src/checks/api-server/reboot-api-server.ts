import { clusterCheck } from '../define.ts';
import { apiServerDoubt } from '../facts/api-server-without.ts';
import { clusterWithoutKubernetes } from '../facts/kubernetes.ts';
import { namesOf } from '../facts/nodes.ts';
import { isControlPlane, rebootOf } from '../facts/reboot.ts';
import { hint, onNodes, pass, pending } from '../outcome.ts';
import { talosctl } from '../text.ts';

export const rebootApiServer = clusterCheck({
  id: 'reboot-api-server',
  stage: 'api-server',
  title: 'another kube-apiserver remains without the nodes of safe-to-reboot',
  explanation: 'The nodes that are about to go down run the last kube-apiserver that is known to serve.',
  requires: ['topology'],
  reads: [],
  alsoReads: ['staticPods', 'staticPodStatuses', 'nodeStatuses', 'apiServer', 'etcdMembers', 'etcdStatus'],
  across: 'controlplane',
  enabled: ({ safeToReboot }) => safeToReboot !== undefined,
  docs: {
    pending:
      'a control plane is among the nodes, and on none of the others kube-apiserver is seen to serve: its pod is ready by the kubelet, and it has a readiness probe, or the server itself answers',
    skip: 'no node of the cluster shows a trace of Kubernetes',
    explainedBy: ['api-reachable', 'services', 'api-server-ready'],
    talosctl: 'not asked there',
    advice: 'Bring the API servers of the other control planes back first, or take down fewer control planes at a time',
    commands: ['talosctl -n 10.0.0.2 get staticpodstatus'],
  },
  unless: clusterWithoutKubernetes,
  evaluate(_, { snapshot, options }) {
    const { named, others } = rebootOf(snapshot, options);
    if (!named.some(isControlPlane)) {
      return pass('no control plane is among them');
    }
    const remaining = others.filter(isControlPlane);
    const doubts = remaining.map((node) => ({ node, words: apiServerDoubt(node, snapshot) }));
    const serving = doubts.filter(({ words }) => words === undefined).map(({ node }) => node);
    if (serving.length > 0) {
      return pass(`kube-apiserver remains on ${namesOf(serving)}`);
    }
    const why = doubts.map(({ node, words }) => `${node.node.name}: ${words}`).join('; ');
    return pending(
      `without ${namesOf(named.filter(isControlPlane))} no kube-apiserver remains that is known to serve${why === '' ? '' : ` (${why})`}`,
      hint(
        'Bring the API servers of the other control planes back first, or take down fewer control planes at a time.',
        talosctl(remaining, 'get staticpodstatus'),
      ),
      remaining.length === 0 ? [] : onNodes(remaining, 'api-reachable', 'services', 'api-server-ready'),
    );
  },
});
