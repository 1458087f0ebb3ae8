import { shellWord } from '../../values/shell.ts';
import { nodeCheck } from '../define.ts';
import {
  nodeCauses,
  type RegisteredNode,
  registeredNode,
  unreadNode,
  withoutRegistration,
} from '../facts/kubernetes-node.ts';
import { notReadyReason } from '../facts/kubernetes-pods.ts';
import { hint, pass, pending } from '../outcome.ts';
import { talosctl } from '../text.ts';

/** Where the node is missing: in Talos, in Kubernetes, or in both; undefined if in neither. */
function missing({ nodename, status, listed }: RegisteredNode): string | undefined {
  if (listed === 'missing') {
    const words = `the Kubernetes API lists no node ${nodename}, nor one with an address of this machine`;
    return status === undefined ? words : `${words}, and Talos sees it${status.ready ? ' Ready' : ''}`;
  }
  if (status !== undefined) {
    return undefined;
  }
  if (listed === undefined) {
    return `Talos sees no Kubernetes node ${nodename}`;
  }
  const state = notReadyReason(listed) === undefined ? 'Ready' : 'not Ready';
  return `Kubernetes has the node ${listed.name} ${state}, and Talos does not see it`;
}

export const nodeRegistered = nodeCheck({
  id: 'node-registered',
  stage: 'nodes',
  scope: 'node',
  title: 'the machine is a Kubernetes node',
  explanation: 'The kubelet has not registered the machine as a node of Kubernetes.',
  requires: ['api-reachable'],
  reads: ['nodename', 'nodeStatuses'],
  alsoReads: ['kubernetes.nodes'],
  docs: {
    pending:
      'Talos sees no Kubernetes node of the name that the machine has, or the Kubernetes API lists none with a name or address of the machine; if only one of the two sees it, the message says which',
    skip: 'no node of the cluster shows a trace of Kubernetes, or the machine configuration keeps it from registering',
    explainedBy: ['boot-finished', 'services', 'api-server-ready'],
    talosctl: '"all k8s nodes to report", which compares addresses alone',
    reports: ['siderolabs/talos#10163', 'siderolabs/talos#9991'],
    advice: 'The kubelet registers the node once it reaches the API server. Read its log',
    commands: ['talosctl -n 10.0.1.1 logs kubelet', 'kubectl get nodes'],
  },
  unless: withoutRegistration,
  unread: unreadNode,
  evaluate(values, subject) {
    const { node } = subject;
    const found = registeredNode(values, subject);
    const words = missing(found);
    const advice =
      typeof found.listed === 'object'
        ? hint(
            'Talos asks the API server for its node with a certificate of its own. Its controllers say why it does not see it.',
            talosctl(node, 'get nodestatus'),
            talosctl(node, 'logs controller-runtime'),
          )
        : hint(
            'The kubelet registers the node once it reaches the API server. Read its log.',
            talosctl(node, 'logs kubelet'),
            `kubectl get node ${shellWord(found.nodename)}`,
          );
    return words === undefined ? pass(`registered as ${found.nodename}`) : pending(words, advice, nodeCauses(subject));
  },
});
