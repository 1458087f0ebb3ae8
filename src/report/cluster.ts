import { inventoryOf } from '../checks/facts/inventory.ts';
import type { EndpointSnapshot, NodeSnapshot, Snapshot } from '../observe/snapshot.ts';

/** The nodes of the cluster: control planes first, then by name. */
export type ReportedCluster = ReturnType<typeof reportCluster>;

export type ReportedEndpoint = ReturnType<typeof reportEndpoint>;

function reportNode(seen: NodeSnapshot, snapshot: Snapshot) {
  const { names, address, addresses, source } = seen.node;
  const { name, nodeId, role, ...inventory } = inventoryOf(seen, snapshot);
  return {
    name,
    ...(nodeId !== undefined && { nodeId }),
    names,
    address,
    addresses,
    role,
    source,
    ...inventory,
  };
}

export function reportCluster(snapshot: Snapshot) {
  const { cluster, nodes } = snapshot;
  return {
    source: cluster.source,
    workersKnown: cluster.workersKnown,
    nodes: nodes.map((node) => reportNode(node, snapshot)),
  };
}

export function reportEndpoint({ endpoint, state, failure }: EndpointSnapshot) {
  return { endpoint, state, ...(failure !== undefined && { reason: failure.message }) };
}
