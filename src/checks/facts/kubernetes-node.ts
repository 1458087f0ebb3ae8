import type { KubernetesNode } from '../../kubernetes/model.ts';
import type { NodeSnapshot, Snapshot } from '../../observe/snapshot.ts';
import type { NodeStatus } from '../../talos/model.ts';
import type { Cause, Outcome } from '../check.ts';
import { here, hint, pending, skip, unreadable } from '../outcome.ts';
import { talosctl } from '../text.ts';
import { unmetReason } from './conditions.ts';
import { kubeletCauses } from './kubelet.ts';
import { withoutKubernetes } from './kubernetes.ts';
import { inKubernetes } from './kubernetes-match.ts';

/**
 * A machine as a node of Kubernetes, or what to say instead: its status there as Talos has it (absent until it is
 * registered), and what the Kubernetes API itself lists (absent where it is not asked, or does not answer).
 */
export type RegisteredNode =
  | { readonly nodename: string; readonly status?: NodeStatus; readonly listed?: KubernetesNode | 'missing' }
  | { readonly outcome: Outcome };

export function kubernetesNode(node: NodeSnapshot, snapshot: Snapshot): RegisteredNode {
  const none = withoutKubernetes(node, snapshot);
  if (none !== undefined) {
    return { outcome: none };
  }
  const causes = nodeCauses(node, snapshot);
  if (!node.nodename.ok) {
    const { error } = node.nodename;
    return {
      outcome:
        error.kind === 'not-found'
          ? pending('it has no Kubernetes node name yet', nodeHint(node), causes)
          : unreadable(node, error, 'the Kubernetes node name', causes),
    };
  }
  const { nodename, skipNodeRegistration } = node.nodename.value;
  if (skipNodeRegistration && unmetReason(node, 'nodeReady') === undefined) {
    return { outcome: skip('the machine configuration keeps it from registering as a Kubernetes node') };
  }
  if (!node.nodeStatuses.ok) {
    return { outcome: unreadable(node, node.nodeStatuses.error, 'the Kubernetes node', causes) };
  }
  const status = node.nodeStatuses.value.find((candidate) => candidate.nodename === nodename);
  const listed = inKubernetes(snapshot, node.node.name);
  return { nodename, ...(status !== undefined && { status }), ...(listed !== undefined && { listed }) };
}

/** A kubelet reaches any API server, not only one on its own node: only where none works is that the cause. */
export function nodeCauses(node: NodeSnapshot, snapshot: Snapshot): readonly Cause[] {
  return [...here('boot-finished'), ...kubeletCauses(node, snapshot), { check: 'api-server-ready', on: 'everywhere' }];
}

function nodeHint(node: NodeSnapshot) {
  return hint('Read the log of the kubelet.', talosctl(node, 'logs kubelet'), talosctl(node, 'get nodename'));
}
