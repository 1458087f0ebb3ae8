import type { KubernetesNode } from '../../kubernetes/model.ts';
import type { NodeStatus } from '../../talos/model/kubernetes.ts';
import type { Cause, Outcome } from '../check.ts';
import type { NodeSubject, Values } from '../define.ts';
import { hint, skip, type Unread } from '../outcome.ts';
import { talosctl } from '../text.ts';
import { podCauses } from './kubelet.ts';
import { withoutKubernetes } from './kubernetes.ts';
import { inKubernetes } from './kubernetes-match.ts';
import { unmetReason } from './machine-status.ts';

/**
 * The Kubernetes node of a machine: its status in Talos (absent until it is registered), and in the Kubernetes API
 * (absent if there is no access or no answer).
 */
export interface RegisteredNode {
  readonly nodename: string;
  readonly status?: NodeStatus;
  readonly listed?: KubernetesNode | 'missing';
}

export function registeredNode(
  { nodename: { nodename }, nodeStatuses }: Values<'nodename' | 'nodeStatuses'>,
  { node, snapshot }: NodeSubject,
): RegisteredNode {
  const status = nodeStatuses.find((candidate) => candidate.nodename === nodename);
  const listed = inKubernetes(snapshot, node.node.name);
  return { nodename, ...(status !== undefined && { status }), ...(listed !== undefined && { listed }) };
}

/** A skip if the machine is not meant to register as a Kubernetes node. */
export function withoutRegistration(subject: NodeSubject): Outcome | undefined {
  const { node } = subject;
  const none = withoutKubernetes(subject);
  const skips = node.nodename.ok && node.nodename.value.skipNodeRegistration;
  return none === undefined && skips && unmetReason(node, 'nodeReady') === undefined
    ? skip('the machine configuration keeps it from registering as a Kubernetes node')
    : none;
}

/** Causes and hint if the Kubernetes node of a machine is unknown. */
export function unreadNode(subject: NodeSubject): Unread {
  const { node } = subject;
  return {
    explainedBy: nodeCauses(subject),
    hint: hint('Read the log of the kubelet.', talosctl(node, 'logs kubelet'), talosctl(node, 'get nodename')),
  };
}

/** A kubelet can use the API server of any control plane: it is the cause only if none works. */
export function nodeCauses(subject: NodeSubject): readonly Cause[] {
  return [...podCauses(subject), { check: 'api-server-ready', on: 'everywhere' }];
}
