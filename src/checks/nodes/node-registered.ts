import type { NodeSnapshot, Snapshot } from '../../observe/snapshot.ts';
import type { NodeCheck, Outcome } from '../check.ts';
import { kubernetesNode, nodeCauses, type RegisteredNode } from '../facts/kubernetes-node.ts';
import { notReadyReason } from '../facts/kubernetes-pods.ts';
import { hint, pass, pending } from '../outcome.ts';
import { talosctl, word } from '../text.ts';

function evaluate(node: NodeSnapshot, snapshot: Snapshot): Outcome {
  const found = kubernetesNode(node, snapshot);
  if ('outcome' in found) {
    return found.outcome;
  }
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
          `kubectl get node ${word(found.nodename)}`,
        );
  return words === undefined
    ? pass(`registered as ${found.nodename}`)
    : pending(words, advice, nodeCauses(node, snapshot));
}

/** Who does not see the node: Talos, Kubernetes, or both. */
function missing({
  nodename,
  status,
  listed,
}: Exclude<RegisteredNode, { readonly outcome: Outcome }>): string | undefined {
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

export const nodeRegistered: NodeCheck = {
  id: 'node-registered',
  stage: 'nodes',
  scope: 'node',
  title: 'the machine is a Kubernetes node',
  explanation: 'The kubelet has not registered the machine as a node of Kubernetes.',
  requires: ['api-reachable'],
  watches: ['node-status'],
  watchesOfKubernetes: ['nodes'],
  evaluate,
};
