import type { NodeSnapshot, Snapshot } from '../../observe/snapshot.ts';
import type { NodeCheck, Outcome } from '../check.ts';
import { kubernetesNode, nodeCauses } from '../facts/kubernetes-node.ts';
import { hint, pass, pending } from '../outcome.ts';
import { talosctl, word } from '../text.ts';

function evaluate(node: NodeSnapshot, snapshot: Snapshot): Outcome {
  const found = kubernetesNode(node, snapshot);
  if ('outcome' in found) {
    return found.outcome;
  }
  const isMissing = found.listed === 'missing';
  return found.status !== undefined && !isMissing
    ? pass(`registered as ${found.nodename}`)
    : pending(
        isMissing
          ? `the Kubernetes API lists no node ${found.nodename}, nor one with an address of this machine`
          : `Kubernetes has no node ${found.nodename}`,
        hint(
          'The kubelet registers the node once it reaches the API server. Read its log.',
          talosctl(node, 'logs kubelet'),
          `kubectl get node ${word(found.nodename)}`,
        ),
        nodeCauses(node, snapshot),
      );
}

export const nodeRegistered: NodeCheck = {
  id: 'node-registered',
  stage: 'nodes',
  scope: 'node',
  title: 'the machine is a Kubernetes node',
  explanation: 'The kubelet has not registered the machine as a node of Kubernetes.',
  requires: ['api-reachable'],
  wokenBy: ['node-status'],
  wokenByKubernetes: ['nodes'],
  evaluate,
};
