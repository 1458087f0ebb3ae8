import type { NodeSnapshot } from '../../observe/snapshot.ts';
import type { Outcome } from '../check.ts';
import type { ClusterSubject, NodeSubject } from '../define.ts';
import { skip } from '../outcome.ts';
import { unmetReason, unmetServices } from './machine-status.ts';
import { perSnapshot } from './per-snapshot.ts';

/**
 * Whether the cluster has Kubernetes. os:reader cannot read the machine configuration, so any trace on any node counts: a
 * kubelet, a static pod, a Kubernetes node, or an unmet condition about one of them. A single node without a kubelet is a
 * fault.
 */
export const kubernetesFacts = perSnapshot((snapshot) => ({ configured: snapshot.nodes.some(showsKubernetes) }));

function showsKubernetes(node: NodeSnapshot): boolean {
  return (
    (node.services.ok && node.services.value.some(({ id }) => id === 'kubelet')) ||
    (node.staticPods.ok && node.staticPods.value.length > 0) ||
    (node.nodeStatuses.ok && node.nodeStatuses.value.length > 0) ||
    unmetServices(node).some(({ words }) => words.includes('kubelet')) ||
    unmetReason(node, 'nodeReady') !== undefined
  );
}

/** A skip if the cluster has no Kubernetes; undefined if it has, or the services of the node are unknown. */
export function withoutKubernetes({ node, snapshot }: Pick<NodeSubject, 'node' | 'snapshot'>): Outcome | undefined {
  return node.services.ok && !kubernetesFacts(snapshot).configured
    ? skip('Kubernetes is not configured: no node has a kubelet')
    : undefined;
}

/** The same for a check of the whole cluster. */
export function clusterWithoutKubernetes({ snapshot }: Pick<ClusterSubject, 'snapshot'>): Outcome | undefined {
  return snapshot.nodes.map((node) => withoutKubernetes({ node, snapshot })).find((outcome) => outcome !== undefined);
}
