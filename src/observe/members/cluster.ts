import type { Member } from '../../talos/model/machine.ts';
import { defaultApiServerPort } from '../../talos/resources/members.ts';
import { shortNodeId } from '../../values/node-id.ts';

export type Role = Member['role'];

/** How a node was found. */
type NodeSource = 'given' | 'discovery' | 'etcd' | 'endpoint' | 'kubernetes';

/**
 * One machine, identified by its node id. Names and addresses are attributes: one that two machines claim identifies
 * neither.
 */
export interface ClusterNode {
  /** The host name if known, else the address. Unique within a cluster. */
  readonly name: string;
  /**
   * As reported by discovery or by the machine itself. An answer with another node id is not an answer of this machine.
   */
  readonly nodeId?: string;
  /** The Kubernetes node name that Talos gave the kubelet, if discovery reports it. */
  readonly nodename?: string;
  /** All its known host names. */
  readonly names: readonly string[];
  /** The address in the `node` metadata of a call. */
  readonly address: string;
  /** Addresses that no other machine has come first. */
  readonly addresses: readonly string[];
  readonly role: Role;
  readonly source: NodeSource;
  /** The port of kube-apiserver on a control plane: 6443 unless discovery reports another one. */
  readonly apiServerPort: number;
  /** Discovery listed it earlier in this run, but no longer does. */
  readonly vanished?: true;
}

/** The members of the cluster. */
export interface Cluster {
  /** Control planes first, then by name. */
  readonly nodes: readonly ClusterNode[];
  readonly source: NodeSource;
  /** False if only control planes could be found: without discovery only Kubernetes can list the workers. */
  readonly workersKnown: boolean;
  /** Disagreements to report, such as a given node that discovery does not list. */
  readonly notes: readonly string[];
  /** Nodes of discovery that the given lists leave out, as it describes them. Absent if there are no lists, or no discovery. */
  readonly leftOut?: readonly string[];
  /** Machines that run an etcd member and are not among the nodes. */
  readonly outsiders?: readonly Outsider[];
}

/** A machine that is known only from etcd. */
export interface Outsider {
  readonly memberId: string;
  readonly nodeId: string;
  /** Of the etcd member; may be empty. */
  readonly hostname: string;
  readonly addresses: readonly string[];
}

/** The number of nodes up to which a cluster is small. */
export const mostOfSmall = 10;

/** In a small cluster every node is expected to answer: querying all of them costs little more than querying one. */
export function isSmall({ nodes }: Cluster): boolean {
  return nodes.length <= mostOfSmall;
}

/** What is known of a machine before it becomes a node of the cluster. */
export interface NodeRecord {
  readonly name?: string;
  readonly nodeId?: string;
  readonly nodename?: string;
  readonly names: readonly string[];
  /** The address for calls, if it is given. */
  readonly address?: string;
  readonly addresses: readonly string[];
  readonly role: Role;
  readonly source: NodeSource;
  readonly apiServerPort?: number;
  readonly vanished?: true;
}

const union = (one: readonly string[], other: readonly string[]): readonly string[] => [...new Set([...one, ...other])];

/** Merges two records of one machine: the first takes precedence. */
export function merge(first: NodeRecord, second: NodeRecord): NodeRecord {
  return {
    ...second,
    ...first,
    names: union(first.names, second.names),
    addresses: union(first.addresses, second.addresses),
  };
}

/** Control planes first, and `worker-2` before `worker-10`. Intl.Collator could do that, but takes 15 ms to load. */
function inOrder(nodes: readonly ClusterNode[]): readonly ClusterNode[] {
  const keyed = nodes.map((node) => {
    const name = node.name.replace(/\d+/g, (digits) => digits.padStart(20, '0'));
    return { node, key: `${node.role === 'controlplane' ? 0 : 1} ${name}` };
  });
  return keyed.sort((a, b) => (a.key < b.key ? -1 : Number(a.key > b.key))).map(({ node }) => node);
}

/**
 * Converts records to nodes with unique names. A node is called at an address that no other machine has, if there is
 * one, and preferably at one that is an endpoint, because that is known to be reachable.
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
    // A member without an address can still be called by its name, so that no known member is left out.
    const address = record.address ?? addresses[0] ?? name ?? record.names[0];
    return address === undefined
      ? []
      : [{ ...rest, name: name ?? address, address, addresses, role, source, apiServerPort }];
  });
  return inOrder(named(nodes));
}

/** Adds the address, or else the node id or the source, to the name of nodes that share it. */
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

/** The nodes of a known cluster that discovery no longer lists: no node leaves the cluster silently. */
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
 * The cluster as listed by discovery, with the machines that it listed earlier in this run.
 *
 * @param known the cluster as found by an earlier round
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

/** The cluster as described by its endpoints and their etcd members: without discovery, there is no other source. */
export function endpointCluster(records: readonly NodeRecord[], notes: readonly string[] = []): Cluster {
  return { nodes: toNodes(records), source: 'endpoint', workersKnown: false, notes };
}
