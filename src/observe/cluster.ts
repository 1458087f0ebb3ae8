import type { Member } from '../talos/model.ts';
import { defaultApiServerPort } from '../talos/resources.ts';
import { shortNodeId } from '../values/node-id.ts';

export type Role = Member['role'];

/** How a node came to be known. */
type NodeSource = 'given' | 'discovery' | 'etcd' | 'endpoint' | 'kubernetes';

/**
 * One machine. What it is known by is its node id; all else are attributes,
 * and one that two machines claim identifies neither.
 */
export interface ClusterNode {
  /** The host name where it is known, else the address. Unique within a cluster. */
  readonly name: string;
  /** As discovery, or the machine itself, tells it; an answer of another one is no answer of this machine. */
  readonly nodeId?: string;
  /** The name that Talos gave the kubelet, where discovery tells it. */
  readonly nodename?: string;
  /** All host names that it goes by. */
  readonly names: readonly string[];
  /** The address that the `node` metadata of a call carries. */
  readonly address: string;
  /** Those that it alone has come first. */
  readonly addresses: readonly string[];
  readonly role: Role;
  readonly source: NodeSource;
  /** The port of kube-apiserver on a control plane, where discovery says so; 6443 otherwise. */
  readonly apiServerPort: number;
  /** Discovery named it earlier in this run, and no longer does. */
  readonly vanished?: true;
}

/** Who is in the cluster. */
export interface Cluster {
  /** Control planes first, then by name. */
  readonly nodes: readonly ClusterNode[];
  readonly source: NodeSource;
  /** False where only control planes could be found: without discovery only Kubernetes can list the workers. */
  readonly workersKnown: boolean;
  /** Disagreements worth a line, such as a given node that discovery does not know. */
  readonly notes: readonly string[];
  /** Machines that run a member of etcd, and are not among the nodes. */
  readonly outsiders?: readonly Outsider[];
}

/** A machine that only etcd knows. */
export interface Outsider {
  readonly memberId: string;
  readonly nodeId: string;
  /** Of the member; may be empty. */
  readonly hostname: string;
  readonly addresses: readonly string[];
}

/** Of only a few nodes every one is expected to answer, and all are asked for little more than what one costs. */
export function isSmall({ nodes }: Cluster): boolean {
  return nodes.length <= 10;
}

/** What is known of a machine before it gets its place in the cluster. */
export interface NodeRecord {
  readonly name?: string;
  readonly nodeId?: string;
  readonly nodename?: string;
  readonly names: readonly string[];
  /** The one to ask, where that is known. */
  readonly address?: string;
  readonly addresses: readonly string[];
  readonly role: Role;
  readonly source: NodeSource;
  readonly apiServerPort?: number;
  readonly vanished?: true;
}

const union = (one: readonly string[], other: readonly string[]): readonly string[] => [...new Set([...one, ...other])];

/** Of two records of one machine the first counts; the second fills in what it lacks. */
export function merge(first: NodeRecord, second: NodeRecord): NodeRecord {
  return {
    ...second,
    ...first,
    names: union(first.names, second.names),
    addresses: union(first.addresses, second.addresses),
  };
}

/** Control planes first, and `worker-2` before `worker-10`. Intl.Collator could do that, but loads for 15 ms. */
function inOrder(nodes: readonly ClusterNode[]): readonly ClusterNode[] {
  const keyed = nodes.map((node) => {
    const name = node.name.replace(/\d+/g, (digits) => digits.padStart(20, '0'));
    return { node, key: `${node.role === 'controlplane' ? 0 : 1} ${name}` };
  });
  return keyed.sort((a, b) => (a.key < b.key ? -1 : Number(a.key > b.key))).map(({ node }) => node);
}

/**
 * The machines, each with a name of its own, and asked at an address of its
 * own where it has one. Of several such addresses the one that serves as an
 * endpoint is used, as it is known to be reachable.
 */
export function toNodes(records: readonly NodeRecord[], endpointHosts: readonly string[] = []): readonly ClusterNode[] {
  const endpoints = new Set(endpointHosts);
  const owners = Map.groupBy(
    records.flatMap(({ addresses }, index) => addresses.map((address) => ({ address, index }))),
    ({ address }) => address,
  );
  const preference = (address: string): number =>
    ((owners.get(address)?.length ?? 0) > 1 ? 2 : 0) + (endpoints.has(address) ? 0 : 1);
  const nodes = records.flatMap((record): ClusterNode[] => {
    const { name, role, source, apiServerPort = defaultApiServerPort, ...rest } = record;
    const addresses = record.addresses.toSorted((a, b) => preference(a) - preference(b));
    // A member without an address can still be asked for by its name: nobody who is known goes unjudged.
    const address = record.address ?? addresses[0] ?? name ?? record.names[0];
    return address === undefined
      ? []
      : [{ ...rest, name: name ?? address, address, addresses, role, source, apiServerPort }];
  });
  return inOrder(named(nodes));
}

/** Two machines that claim one name are told apart by what else they have. */
function named(nodes: readonly ClusterNode[]): readonly ClusterNode[] {
  const claimed = Map.groupBy(nodes, ({ name }) => name);
  return nodes.map((node) => {
    const others = (claimed.get(node.name) ?? []).filter((other) => other !== node);
    if (others.length === 0) {
      return node;
    }
    const isShared = others.some(({ address }) => address === node.address);
    const own = isShared ? (node.nodeId === undefined ? node.source : shortNodeId(node.nodeId)) : node.address;
    return { ...node, name: `${node.name} (${own})` };
  });
}

/** Of machines that were known earlier in this run, those that discovery no longer names: nobody leaves unnoticed. */
function vanishedSince(known: Cluster | undefined, records: readonly NodeRecord[]): readonly NodeRecord[] {
  const ids = new Set(records.map(({ nodeId }) => nodeId));
  const names = new Set(records.map(({ name }) => name));
  const copies = Map.groupBy(known?.nodes ?? [], ({ nodeId }) => nodeId);
  const isListed = ({ nodeId, name }: ClusterNode): boolean =>
    nodeId === undefined || (copies.get(nodeId)?.length ?? 0) > 1 ? names.has(name) : ids.has(nodeId);
  return known?.source !== 'discovery'
    ? []
    : known.nodes.filter((node) => !isListed(node)).map((node) => ({ ...node, vanished: true }));
}

/**
 * The machines that discovery names, and those that it named earlier in this run.
 *
 * @param known the cluster as an earlier round found it
 */
export function discoveredCluster(
  records: readonly NodeRecord[],
  notes: readonly string[],
  endpointHosts: readonly string[],
  known?: Cluster,
): Cluster {
  const nodes = toNodes([...records, ...vanishedSince(known, records)], endpointHosts);
  return {
    nodes,
    source: 'discovery',
    workersKnown: true,
    notes: [
      ...notes,
      ...nodes.flatMap(({ name, vanished }) =>
        vanished ? [`discovery named ${name} before, and no longer does`] : [],
      ),
    ],
  };
}

/** What the endpoints say of themselves and of etcd's members: nobody else can be known without discovery. */
export function endpointCluster(records: readonly NodeRecord[], notes: readonly string[] = []): Cluster {
  return { nodes: toNodes(records), source: 'endpoint', workersKnown: false, notes };
}
