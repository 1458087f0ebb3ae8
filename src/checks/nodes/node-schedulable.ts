import type { CheckOptions } from '../../inputs/options.ts';
import type { NodeSnapshot, Snapshot } from '../../observe/snapshot.ts';
import type { NodeCheck, Outcome } from '../check.ts';
import { kubernetesNode, nodeCauses } from '../facts/kubernetes-node.ts';
import { hint, notKnown, pass, pending, skip, warn } from '../outcome.ts';
import { word } from '../text.ts';

function evaluate(node: NodeSnapshot, snapshot: Snapshot, { cordoned }: CheckOptions): Outcome {
  const found = kubernetesNode(node, snapshot);
  if ('outcome' in found) {
    return found.outcome;
  }
  const isListedCordoned = typeof found.listed === 'object' && found.listed.unschedulable;
  if (found.status?.unschedulable === false && !isListedCordoned) {
    return pass('takes pods');
  }
  const name = word(found.nodename);
  if (found.status === undefined) {
    return notKnown(
      'not known yet',
      hint('See to its registration first.', `kubectl get node ${name}`),
      nodeCauses(node, snapshot),
    );
  }
  const words = `node ${found.nodename} is cordoned`;
  if (cordoned === 'ignore') {
    return skip(`${words}, which the input cordoned has ignored`);
  }
  const advice = hint(
    'Somebody has taken the node out of scheduling. When the work on it is done, put it back.',
    `kubectl uncordon ${name}`,
  );
  return cordoned === 'warn' ? warn(words, advice) : pending(words, advice);
}

export const nodeSchedulable: NodeCheck = {
  id: 'node-schedulable',
  stage: 'nodes',
  scope: 'node',
  title: 'the Kubernetes node takes pods',
  explanation: 'The node is cordoned: Kubernetes places no new pods on it.',
  requires: ['api-reachable', 'node-registered'],
  watches: ['node-status'],
  watchesOfKubernetes: ['nodes'],
  evaluate,
};
