import type { KubernetesNode } from '../../kubernetes/model.ts';
import type { NodeStatus } from '../../talos/model.ts';
import type { Cause, Outcome } from '../check.ts';
import type { NodeSubject, Values } from '../define.ts';
import { hint, skip, type Unread } from '../outcome.ts';
import { talosctl } from '../text.ts';
import { podCauses } from './kubelet.ts';
import { withoutKubernetes } from './kubernetes.ts';
import { inKubernetes } from './kubernetes-match.ts';
import { unmetReason } from './machine-status.ts';

/**
 * A machine as a node of Kubernetes: its status there as Talos has it (absent until it is registered), and what the
 * Kubernetes API itself lists (absent where it is not asked, or does not answer).
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

/** The `skip` of a machine that is meant to be no node of Kubernetes. */
export function notANode(subject: NodeSubject): Outcome | undefined {
  const { node } = subject;
  const none = withoutKubernetes(subject);
  const skips = node.nodename.ok && node.nodename.value.skipNodeRegistration;
  return none === undefined && skips && unmetReason(node, 'nodeReady') === undefined
    ? skip('the machine configuration keeps it from registering as a Kubernetes node')
    : none;
}

/** What stands behind a machine of which it is not known whether it is a node. */
export function unknownNode(subject: NodeSubject): Unread {
  const { node } = subject;
  return {
    explainedBy: nodeCauses(subject),
    hint: hint('Read the log of the kubelet.', talosctl(node, 'logs kubelet'), talosctl(node, 'get nodename')),
  };
}

/** A kubelet reaches any API server, not only one on its own node: only where none works is that the cause. */
export function nodeCauses(subject: NodeSubject): readonly Cause[] {
  return [...podCauses(subject), { check: 'api-server-ready', on: 'everywhere' }];
}
