import type { CheckOptions } from '../../inputs/options.ts';
import type { ClusterNode } from '../../observe/members/cluster.ts';
import type { EndpointSnapshot, NodeSnapshot, Snapshot } from '../../observe/snapshot.ts';
import { matchesGlob } from '../../values/glob.ts';
import { hostIndex, hostsOf } from '../../values/host-index.ts';
import { shortNodeId } from '../../values/node-id.ts';
import { hostOf } from '../text.ts';
import { perSnapshot } from './per-snapshot.ts';

/** The node id, from the machine itself or else from discovery, which has a former one of a machine that was installed anew. */
export function nodeIdOf({ node, identity }: NodeSnapshot): string | undefined {
  return identity.ok && identity.value !== '' ? identity.value : node.nodeId;
}

/** The id and the name that a node itself reports. */
function toldBy(seen: NodeSnapshot): readonly string[] {
  const { nodename } = seen;
  return [nodeIdOf(seen) ?? '', nodename.ok ? nodename.value.nodename : ''].filter((host) => host !== '');
}

const nodesByHost = perSnapshot(({ cluster, nodes }) => {
  const told = new Map(nodes.map((seen) => [seen.node.name, toldBy(seen)]));
  return hostIndex(cluster.nodes, (node) => [...hostsOf(node), ...(told.get(node.name) ?? [])]);
});

/** The node with this name, address or id, if it is the only one. */
function findNode(snapshot: Snapshot, host: string): ClusterNode | undefined {
  return nodesByHost(snapshot).find(host);
}

/** All nodes with this name, address or id. */
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

/** The node with this node id. */
function nodeOfId(snapshot: Snapshot, nodeId: string): ClusterNode | undefined {
  return nodesById(snapshot).get(nodeId);
}

/** The node at an endpoint: the machine that answered there last, else the only one with its address or name. */
export function nodeAt(snapshot: Snapshot, { endpoint, nodeId }: EndpointSnapshot): ClusterNode | undefined {
  const machine = nodeId === undefined ? undefined : nodeOfId(snapshot, nodeId);
  return machine ?? findNode(snapshot, hostOf(endpoint));
}

/** The nodes that an entry of `only-nodes` selects: a role, a name or address, or a pattern of these. */
export function matchingNodes(snapshot: Snapshot, selector: string): readonly ClusterNode[] {
  const { nodes } = snapshot.cluster;
  if (selector === 'controlplane' || selector === 'worker') {
    return nodes.filter(({ role }) => role === selector);
  }
  if (!/[*?]/.test(selector)) {
    const found = findNode(snapshot, selector);
    return found === undefined ? [] : [found];
  }
  // Ignores what the node itself reports: a node that stops answering must still match.
  return nodes.filter((node) => hostsOf(node).some((known) => matchesGlob(known.toLowerCase(), selector)));
}

/** Returns whether a node is selected by `only-nodes`; every node is if that is empty. */
export function nodeFilter(snapshot: Snapshot, { onlyNodes }: CheckOptions): (node: ClusterNode) => boolean {
  if (onlyNodes.length === 0) {
    return () => true;
  }
  const names = new Set(onlyNodes.flatMap((selector) => matchingNodes(snapshot, selector).map(({ name }) => name)));
  return ({ name }) => names.has(name);
}

/** Which machines answer at the addresses of the node: `cp-2 answers at 10.0.0.100 in its place`. */
export function impostorText({ impostors = [] }: NodeSnapshot, snapshot: Snapshot): string {
  return impostors
    .map(({ address, nodeId = '', nodename }) => {
      const other = nodename ?? nodeOfId(snapshot, nodeId)?.name ?? `a machine with the node id ${shortNodeId(nodeId)}`;
      return `${other} answers at ${address} in its place`;
    })
    .join('; ');
}

/** `cp-2 and worker-1`. */
export function namesOf(nodes: readonly NodeSnapshot[]): string {
  const names = nodes.map(({ node }) => node.name);
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
