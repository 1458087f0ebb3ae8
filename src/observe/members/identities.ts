import { shortNodeId } from '../../values/node-id.ts';
import { otherMachine, silentNode } from '../silent-node.ts';
import type { NodeSnapshot } from '../snapshot.ts';
import type { Cluster, ClusterNode } from './cluster.ts';

/** A cluster and what was observed of its machines. */
interface Machines {
  readonly cluster: Cluster;
  readonly nodes: readonly NodeSnapshot[];
}

const idOf = ({ version, identity }: NodeSnapshot): string | undefined =>
  version.ok && identity.ok && identity.value !== '' ? identity.value : undefined;

const nodenameOf = ({ node, nodename }: NodeSnapshot): string | undefined =>
  nodename.ok ? nodename.value.nodename : node.nodename;

/** Copies of one disk share a node id, but are two machines: their names differ. */
function areCopies(one: NodeSnapshot, other: NodeSnapshot): boolean {
  const [first, second] = [nodenameOf(one), nodenameOf(other)];
  return first !== undefined && second !== undefined && first !== second;
}

interface Removal {
  readonly removed: NodeSnapshot;
  readonly kept: NodeSnapshot;
  readonly note: string;
}

/** Nodes that differ only by address, with one machine answering at both. */
function sameMachines(nodes: readonly NodeSnapshot[]): readonly Removal[] {
  const byId = Map.groupBy(nodes, idOf);
  return [...byId].flatMap(([id, same]) => {
    const kept = same.find(({ node }) => node.nodeId === id) ?? same[0];
    if (id === undefined || kept === undefined) {
      return [];
    }
    return same
      .filter((one) => one !== kept && one.node.nodeId !== id && !areCopies(one, kept))
      .map((removed) => ({
        removed,
        kept,
        note:
          removed.node.nodeId === undefined
            ? `${removed.node.name} and ${kept.node.name} are one machine: the node id ${shortNodeId(id)} answers at both`
            : formerId(removed, kept),
      }));
  });
}

const formerId = ({ node }: NodeSnapshot, kept: NodeSnapshot): string =>
  `discovery still has a former node id of ${nodenameOf(kept)}: ${shortNodeId(node.nodeId ?? '')}`;

/**
 * A reinstalled machine has a new node id, while discovery keeps the former one for up to half an hour. The machine
 * with the same Kubernetes node name answers in its place.
 */
function formerIdentities(nodes: readonly NodeSnapshot[]): readonly Removal[] {
  return nodes.flatMap((removed) => {
    const { version, impostors = [], node } = removed;
    const kept =
      version.ok || node.nodename === undefined
        ? undefined
        : nodes.find((other) => {
            const id = idOf(other);
            const isThere = id !== undefined && impostors.some(({ nodeId }) => nodeId === id);
            return isThere && nodenameOf(other) === node.nodename;
          });
    return kept === undefined
      ? []
      : [
          {
            removed,
            kept,
            note: formerId(removed, kept),
          },
        ];
  });
}

/**
 * Marks a node as silent if another machine of the cluster has taken over its address since the node last answered.
 * Applies only to nodes without a node id in discovery. If the former machine answers elsewhere, nothing is missing:
 * the address is a virtual IP.
 *
 * @param learned node ids by address, from earlier in this run
 */
export function unlessTakenOver(
  nodes: readonly NodeSnapshot[],
  learned: ReadonlyMap<string, string>,
): readonly NodeSnapshot[] {
  const isOthers = (id: string, address: string): boolean =>
    [...learned].some(([other, known]) => known === id && other !== address);
  const answering = new Set(nodes.map(idOf));
  return nodes.map((snapshot) => {
    const { node, version } = snapshot;
    const id = idOf(snapshot);
    const before = learned.get(node.address);
    return node.nodeId !== undefined ||
      id === undefined ||
      before === undefined ||
      id === before ||
      answering.has(before) ||
      !isOthers(id, node.address)
      ? snapshot
      : silentNode(node, otherMachine(node.address), version.at, [{ address: node.address, nodeId: id }]);
  });
}

/** The plain host name of a node that shares it with another: `worker-1` of `worker-1 (10.0.1.1)`. */
const sharedName = ({ name, names }: ClusterNode): string | undefined =>
  names.find((one) => name.startsWith(`${one} (`));

/** The node with its plain name, if no other node has that name. */
function withPlainName(node: ClusterNode, others: readonly ClusterNode[]): ClusterNode {
  const plain = sharedName(node);
  const isTaken = others.some((other) => other.name !== node.name && (sharedName(other) ?? other.name) === plain);
  return plain === undefined || isTaken ? node : { ...node, name: plain };
}

/** Merges nodes that turned out to be one machine, with a note for each. */
export function deduplicateMachines({ cluster, nodes }: Machines): Machines {
  const removals = [...sameMachines(nodes), ...formerIdentities(nodes)];
  if (removals.length === 0) {
    return { cluster, nodes };
  }
  const gone = new Set(removals.map(({ removed }) => removed.node.name));
  const left = cluster.nodes.filter(({ name }) => !gone.has(name));
  const ofKept = Map.groupBy(removals, ({ kept }) => kept.node.name);
  const joined = (node: ClusterNode): ClusterNode => {
    const others = (ofKept.get(node.name) ?? []).map(({ removed }) => removed.node);
    return {
      ...(others.length > 0 ? withPlainName(node, left) : node),
      names: [...new Set([node, ...others].flatMap(({ names }) => names))],
      addresses: [...new Set([node, ...others].flatMap(({ addresses }) => addresses))],
    };
  };
  return {
    cluster: {
      ...cluster,
      nodes: left.map(joined),
      notes: [...cluster.notes, ...removals.map(({ note }) => note)],
    },
    nodes: nodes.filter(({ node }) => !gone.has(node.name)).map((one) => ({ ...one, node: joined(one.node) })),
  };
}
