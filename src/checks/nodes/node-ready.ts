import type { NodeSnapshot } from '../../observe/snapshot.ts';
import { shellWord } from '../../values/shell.ts';
import { nodeCheck } from '../define.ts';
import {
  nodeCauses,
  type RegisteredNode,
  registeredNode,
  unreadNode,
  withoutRegistration,
} from '../facts/kubernetes-node.ts';
import { adverseConditions, notReadyReason } from '../facts/kubernetes-pods.ts';
import { unmetReason } from '../facts/machine-status.ts';
import { here, hint, pass, pending, warn } from '../outcome.ts';
import { talosctl, withReason } from '../text.ts';

function notReady(
  node: NodeSnapshot,
  { nodename, status, listed }: RegisteredNode,
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

function advice(node: NodeSnapshot, { nodename }: RegisteredNode) {
  return hint(
    'The conditions of the node say why; if every node is concerned, the CNI is often missing.',
    talosctl(node, 'logs kubelet'),
    `kubectl describe node ${shellWord(nodename)}`,
  );
}

export const nodeReady = nodeCheck({
  id: 'node-ready',
  stage: 'nodes',
  scope: 'node',
  title: 'the Kubernetes node is Ready',
  explanation:
    'Kubernetes runs no pods on the node: its kubelet, its container runtime or its network (CNI) is not ready.',
  requires: ['api-reachable', 'node-registered'],
  reads: ['nodename', 'nodeStatuses'],
  alsoReads: ['machineStatus', 'kubernetes.nodes'],
  docs: {
    pending: 'Kubernetes or Talos says that the node is not ready, or the node in the API has no condition Ready',
    warn: 'the node is Ready, and has MemoryPressure, DiskPressure, PIDPressure or NetworkUnavailable',
    skip: 'no node of the cluster shows a trace of Kubernetes, or the node does not register',
    explainedBy: ['boot-finished', 'services', 'api-server-ready', 'kubeprism'],
    talosctl:
      '"all k8s nodes to report ready"; skipped there if the CNI is none, and content with a node that has no condition Ready',
    reports: ['siderolabs/terraform-provider-talos#234'],
    advice: 'The conditions of the node say why; if every node is concerned, the CNI is often missing',
    commands: ['talosctl -n 10.0.1.1 logs kubelet', 'kubectl describe node worker-1'],
  },
  unless: withoutRegistration,
  unread: unreadNode,
  evaluate(values, subject) {
    const { node } = subject;
    const found = registeredNode(values, subject);
    const listed = typeof found.listed === 'object' ? found.listed : undefined;
    const reason = listed === undefined ? undefined : notReadyReason(listed);
    const trouble = notReady(node, found, reason);
    if (trouble !== undefined) {
      // The kubelet asks the API servers through KubePrism, wherever that is enabled.
      return pending(trouble, advice(node, found), [...nodeCauses(subject), ...here('kubeprism')]);
    }
    const adverse = listed === undefined ? [] : adverseConditions(listed);
    return adverse.length === 0 ? pass('Ready') : warn(`Ready, but ${adverse.join('; ')}`, advice(node, found));
  },
});
