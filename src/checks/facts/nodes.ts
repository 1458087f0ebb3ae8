import type { CheckOptions } from '../../inputs/options.ts';
import type { ClusterNode } from '../../observe/cluster.ts';
import type { EndpointSnapshot, NodeSnapshot, Snapshot } from '../../observe/snapshot.ts';
import { matchesGlob } from '../../values/glob.ts';
import { hostIndex, hostsOf } from '../../values/host-index.ts';
import { shortNodeId } from '../../values/node-id.ts';
import { hostOf } from '../text.ts';
import { perSnapshot } from './per-snapshot.ts';

/** The id of a machine, as discovery or the machine itself tells it. */
export function nodeIdOf({ node, identity }: NodeSnapshot): string | undefined {
  return node.nodeId ?? (identity.ok && identity.value !== '' ? identity.value : undefined);
}

/** What a node says of itself that it may be called by. */
function toldBy(seen: NodeSnapshot): readonly string[] {
  const { nodename } = seen;
  return [nodeIdOf(seen) ?? '', nodename.ok ? nodename.value.nodename : ''].filter((host) => host !== '');
}

const nodesByHost = perSnapshot(({ cluster, nodes }) => {
  const told = new Map(nodes.map((seen) => [seen.node.name, toldBy(seen)]));
  return hostIndex(cluster.nodes, (node) => [...hostsOf(node), ...(told.get(node.name) ?? [])]);
});

/** The only node that goes by this name, address or id. */
function findNode(snapshot: Snapshot, host: string): ClusterNode | undefined {
  return nodesByHost(snapshot).find(host);
}

/** All nodes that go by it. */
export function claimants(snapshot: Snapshot, host: string): readonly ClusterNode[] {
  return nodesByHost(snapshot).claimants(host);
}

const nodesById = perSnapshot(
  ({ nodes }) =>
    new Map(
      nodes.flatMap((seen) => {
        const id = nodeIdOf(seen);
        return id === undefined ? [] : [[id, seen.node] as const];
      }),
    ),
);

/** The node of this id. */
function nodeOfId(snapshot: Snapshot, nodeId: string): ClusterNode | undefined {
  return nodesById(snapshot).get(nodeId);
}

/** The node that an endpoint leads to: the machine that answered there last, else the only one that has its address or name. */
export function nodeAt(snapshot: Snapshot, { endpoint, nodeId }: EndpointSnapshot): ClusterNode | undefined {
  const machine = nodeId === undefined ? undefined : nodeOfId(snapshot, nodeId);
  return machine ?? findNode(snapshot, hostOf(endpoint));
}

/** The nodes that an entry of `only-nodes` names: by a role, a pattern of names or addresses, or one of these. */
export function selected(snapshot: Snapshot, selector: string): readonly ClusterNode[] {
  const { nodes } = snapshot.cluster;
  if (selector === 'controlplane' || selector === 'worker') {
    return nodes.filter(({ role }) => role === selector);
  }
  if (!/[*?]/.test(selector)) {
    const found = findNode(snapshot, selector);
    return found === undefined ? [] : [found];
  }
  // Not by what a node says of itself: one that falls silent would no longer match, and nobody would miss it.
  return nodes.filter((node) => hostsOf(node).some((known) => matchesGlob(known.toLowerCase(), selector)));
}

/** Whether a node is one that the caller wants judged: any, unless `only-nodes` names some. */
export function judges(snapshot: Snapshot, { onlyNodes }: CheckOptions): (node: ClusterNode) => boolean {
  if (onlyNodes.length === 0) {
    return () => true;
  }
  const names = new Set(onlyNodes.flatMap((selector) => selected(snapshot, selector).map(({ name }) => name)));
  return ({ name }) => names.has(name);
}

/** Who answers in its place: `cp-2 answers at 10.0.0.100 in its place`. */
export function inItsPlace({ impostors = [] }: NodeSnapshot, snapshot: Snapshot): string {
  return impostors
    .map(({ address, nodeId = '', nodename }) => {
      const other = nodename ?? nodeOfId(snapshot, nodeId)?.name ?? `a machine with the node id ${shortNodeId(nodeId)}`;
      return `${other} answers at ${address} in its place`;
    })
    .join('; ');
}
