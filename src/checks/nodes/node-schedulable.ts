import type { NodeSnapshot, Snapshot } from '../../observe/snapshot.ts';
import type { NodeCheck, Outcome } from '../check.ts';
import { kubernetesNode, nodeCauses } from '../facts/kubernetes-node.ts';
import { hint, pass, pending } from '../outcome.ts';
import { word } from '../text.ts';

function evaluate(node: NodeSnapshot, snapshot: Snapshot): Outcome {
  const found = kubernetesNode(node, snapshot);
  if ('outcome' in found) {
    return found.outcome;
  }
  if (found.status?.unschedulable === false) {
    return pass('takes pods');
  }
  const name = word(found.nodename);
  return found.status === undefined
    ? pending(
        'not known yet',
        hint('See to its registration first.', `kubectl get node ${name}`),
        nodeCauses(node, snapshot),
      )
    : pending(
        `node ${found.nodename} is cordoned`,
        hint(
          'Somebody has taken the node out of scheduling. When the work on it is done, put it back.',
          `kubectl uncordon ${name}`,
        ),
      );
}

export const nodeSchedulable: NodeCheck = {
  id: 'node-schedulable',
  stage: 'nodes',
  scope: 'node',
  title: 'the Kubernetes node takes pods',
  explanation: 'The node is cordoned: Kubernetes places no new pods on it.',
  requires: ['api-reachable', 'node-registered'],
  wokenBy: ['node-status'],
  evaluate,
};
