import type { NodeSnapshot, Snapshot } from '../../observe/snapshot.ts';
import type { NodeCheck, Outcome } from '../check.ts';
import { unmetReason } from '../facts/conditions.ts';
import { kubernetesNode, nodeCauses } from '../facts/kubernetes-node.ts';
import { hint, pass, pending } from '../outcome.ts';
import { talosctl, word } from '../text.ts';

function evaluate(node: NodeSnapshot, snapshot: Snapshot): Outcome {
  const found = kubernetesNode(node, snapshot);
  if ('outcome' in found) {
    return found.outcome;
  }
  const trouble =
    found.status?.ready === true
      ? unmetReason(node, 'nodeReady')
      : `Kubernetes says node ${found.nodename} is not ready`;
  return trouble === undefined
    ? pass('Ready')
    : pending(
        trouble,
        hint(
          'The conditions of the node say why; where every node is concerned, the CNI is often missing.',
          talosctl(node, 'logs kubelet'),
          `kubectl describe node ${word(found.nodename)}`,
        ),
        nodeCauses(node, snapshot),
      );
}

export const nodeReady: NodeCheck = {
  id: 'node-ready',
  stage: 'nodes',
  scope: 'node',
  title: 'the Kubernetes node is Ready',
  explanation:
    'Kubernetes runs no pods on the node: its kubelet, its container runtime or its network (CNI) is not ready.',
  requires: ['api-reachable', 'node-registered'],
  wokenBy: ['node-status', 'machine-status'],
  evaluate,
};
