import type { NodeSnapshot, Snapshot } from '../../observe/snapshot.ts';
import type { NodeCheck, Outcome } from '../check.ts';
import { unmetReason } from '../facts/conditions.ts';
import { kubernetesNode, nodeCauses, type RegisteredNode } from '../facts/kubernetes-node.ts';
import { burdensOf, notReadyReason } from '../facts/kubernetes-pods.ts';
import { hint, pass, pending, warn } from '../outcome.ts';
import { talosctl, withReason, word } from '../text.ts';

function evaluate(node: NodeSnapshot, snapshot: Snapshot): Outcome {
  const found = kubernetesNode(node, snapshot);
  if ('outcome' in found) {
    return found.outcome;
  }
  const listed = typeof found.listed === 'object' ? found.listed : undefined;
  const reason = listed === undefined ? undefined : notReadyReason(listed);
  const trouble = notReady(node, found, reason);
  if (trouble !== undefined) {
    return pending(trouble, advice(node, found), nodeCauses(node, snapshot));
  }
  const burdens = listed === undefined ? [] : burdensOf(listed);
  return burdens.length === 0 ? pass('Ready') : warn(`Ready, but ${burdens.join('; ')}`, advice(node, found));
}

function notReady(
  node: NodeSnapshot,
  { nodename, status, listed }: Exclude<RegisteredNode, { readonly outcome: Outcome }>,
  reason: string | undefined,
): string | undefined {
  if (status?.ready === true && reason === undefined) {
    return unmetReason(node, 'nodeReady');
  }
  const isReadyInKubernetes = typeof listed === 'object' && reason === undefined;
  const seen = status === undefined ? `Talos does not see node ${nodename}` : `Talos sees node ${nodename} not ready`;
  return isReadyInKubernetes
    ? `${seen}, and Kubernetes has it Ready`
    : withReason(`Kubernetes says node ${nodename} is not ready`, reason ?? '');
}

function advice(node: NodeSnapshot, { nodename }: Exclude<RegisteredNode, { readonly outcome: Outcome }>) {
  return hint(
    'The conditions of the node say why; where every node is concerned, the CNI is often missing.',
    talosctl(node, 'logs kubelet'),
    `kubectl describe node ${word(nodename)}`,
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
  watches: ['node-status', 'machine-status'],
  watchesOfKubernetes: ['nodes'],
  evaluate,
};
