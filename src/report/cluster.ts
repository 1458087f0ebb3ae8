import { nodeIdOf } from '../checks/facts/nodes.ts';
import type { EndpointSnapshot, NodeSnapshot, Snapshot } from '../observe/snapshot.ts';

/** The nodes of the cluster: control planes first, then by name. */
export type ReportedCluster = ReturnType<typeof reportCluster>;

export type ReportedNode = ReturnType<typeof reportNode>;

export type ReportedEndpoint = ReturnType<typeof reportEndpoint>;

function reportNode(snapshot: NodeSnapshot) {
  const { node, version } = snapshot;
  const { name, names, address, addresses, role, source } = node;
  const nodeId = nodeIdOf(snapshot);
  return {
    name,
    ...(nodeId !== undefined && { nodeId }),
    names,
    address,
    addresses,
    role,
    source,
    ...(version.ok && { talosVersion: version.value.tag }),
  };
}

export function reportCluster({ cluster, nodes }: Snapshot) {
  return { source: cluster.source, workersKnown: cluster.workersKnown, nodes: nodes.map(reportNode) };
}

export function reportEndpoint({ endpoint, state, failure }: EndpointSnapshot) {
  return { endpoint, state, ...(failure !== undefined && { reason: failure.message }) };
}
