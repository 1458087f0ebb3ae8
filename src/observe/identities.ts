import { shortNodeId } from '../values/node-id.ts';
import type { Cluster, ClusterNode } from './cluster.ts';
import { otherMachine, silentNode } from './silent-node.ts';
import type { NodeSnapshot } from './snapshot.ts';

/** What was seen of the machines, each once. */
interface Machines {
  readonly cluster: Cluster;
  readonly nodes: readonly NodeSnapshot[];
}

const idOf = ({ version, identity }: NodeSnapshot): string | undefined =>
  version.ok && identity.ok && identity.value !== '' ? identity.value : undefined;

const nodenameOf = ({ node, nodename }: NodeSnapshot): string | undefined =>
  nodename.ok ? nodename.value.nodename : node.nodename;

/** Copies of one disk have one node id, and yet are two machines: their names tell. */
function areCopies(one: NodeSnapshot, other: NodeSnapshot): boolean {
  const [first, second] = [nodenameOf(one), nodenameOf(other)];
  return first !== undefined && second !== undefined && first !== second;
}

interface Removal {
  readonly removed: NodeSnapshot;
  readonly kept: NodeSnapshot;
  readonly note: string;
}

/** Two nodes that were only told apart by their addresses, and at which one machine answers. */
function sameMachines(nodes: readonly NodeSnapshot[]): readonly Removal[] {
  const byId = Map.groupBy(nodes, idOf);
  return [...byId].flatMap(([id, same]) => {
    const kept = same.find(({ node }) => node.nodeId === id) ?? same[0];
    if (id === undefined || kept === undefined) {
      return [];
    }
    return same
      .filter((one) => one !== kept && one.node.nodeId === undefined && !areCopies(one, kept))
      .map((removed) => ({
        removed,
        kept,
        note: `${removed.node.name} and ${kept.node.name} are one machine: the node id ${shortNodeId(id)} answers at both`,
      }));
  });
}

/**
 * A machine that was installed anew has another node id, and discovery keeps
 * the former one for up to half an hour: the same Kubernetes node answers in its place.
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
            note: `discovery still has a former node id of ${nodenameOf(kept)}: ${shortNodeId(node.nodeId ?? '')}`,
          },
        ];
  });
}

/**
 * A node that discovery does not know by its id, and whose address another
 * machine of the cluster has taken over since it answered itself. If its own
 * machine answers elsewhere, nobody is missing: the address is a virtual one.
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
  return nodes.map((seen) => {
    const { node, version } = seen;
    const id = idOf(seen);
    const before = learned.get(node.address);
    return node.nodeId !== undefined ||
      id === undefined ||
      before === undefined ||
      id === before ||
      answering.has(before) ||
      !isOthers(id, node.address)
      ? seen
      : silentNode(node, otherMachine(node.address), version.at, [{ address: node.address, nodeId: id }]);
  });
}

/** The host name in the name of a node that shared it with another: `worker-1` in `worker-1 (10.0.1.1)`. */
const sharedName = ({ name, names }: ClusterNode): string | undefined =>
  names.find((one) => name.startsWith(`${one} (`));

/** The plain name, as soon as nobody else has it. */
function withPlainName(node: ClusterNode, others: readonly ClusterNode[]): ClusterNode {
  const plain = sharedName(node);
  const isTaken = others.some((other) => other.name !== node.name && (sharedName(other) ?? other.name) === plain);
  return plain === undefined || isTaken ? node : { ...node, name: plain };
}

/** Whoever has turned out to be the same machine as another is one node with it, and that is said. Pure. */
export function oncePerMachine({ cluster, nodes }: Machines): Machines {
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
