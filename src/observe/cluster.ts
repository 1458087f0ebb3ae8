import { canonicalHost, looksLikeIp } from '../config/address.ts';
import type { Member } from '../talos/model.ts';
import { defaultApiServerPort } from '../talos/resources.ts';

export type Role = Member['role'];

/** How a node came to be known. */
export type NodeSource = 'given' | 'discovery' | 'etcd' | 'endpoint' | 'kubernetes';

/** One machine: a set of addresses and a name. Two records that share an address are one node. */
export interface ClusterNode {
  /** The host name where it is known, else the address. Unique within a cluster. */
  readonly name: string;
  /** The address that the `node` metadata of a call carries. */
  readonly address: string;
  readonly addresses: readonly string[];
  readonly role: Role;
  readonly source: NodeSource;
  /** The port of kube-apiserver on a control plane, where discovery says so; 6443 otherwise. */
  readonly apiServerPort: number;
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
}

/** Of only a few nodes every one is expected to answer, and all are asked for little more than what one costs. */
export function isSmall({ nodes }: Cluster): boolean {
  return nodes.length <= 10;
}

/** What is known of a node before it is merged with others. */
export interface NodeRecord {
  readonly name?: string;
  readonly addresses: readonly string[];
  readonly role: Role;
  readonly source: NodeSource;
  readonly apiServerPort?: number;
}

/** Of two records of one node the first has the say; the second fills in what it lacks. */
function merge(first: NodeRecord, second: NodeRecord): NodeRecord {
  return { ...second, ...first, addresses: [...new Set([...first.addresses, ...second.addresses])] };
}

const keysOf = ({ name, addresses }: NodeRecord): readonly string[] => [
  ...(name === undefined ? [] : [`name ${name}`]),
  ...addresses,
];

/**
 * Folds records that share a name or an address into one, in the order of
 * first mention. Linear: a cluster can have thousands of nodes.
 */
function mergeAll(records: readonly NodeRecord[]): readonly NodeRecord[] {
  const merged: NodeRecord[] = [];
  const indexByKey = new Map<string, number>();
  for (const record of records) {
    const known = keysOf(record)
      .map((key) => indexByKey.get(key))
      .find((index) => index !== undefined);
    const index = known ?? merged.length;
    const earlier = merged[index];
    const folded = earlier === undefined ? record : merge(earlier, record);
    merged[index] = folded;
    for (const key of keysOf(folded)) {
      indexByKey.set(key, index);
    }
  }
  return merged;
}

/** Control planes first, and `worker-2` before `worker-10`. Intl.Collator could do that, but loads for 15 ms. */
function inOrder(nodes: readonly ClusterNode[]): readonly ClusterNode[] {
  const keyed = nodes.map((node) => {
    const name = node.name.replace(/\d+/g, (digits) => digits.padStart(20, '0'));
    return { node, key: `${node.role === 'controlplane' ? 0 : 1} ${name}` };
  });
  return keyed.sort((a, b) => (a.key < b.key ? -1 : Number(a.key > b.key))).map(({ node }) => node);
}

function toNodes(records: readonly NodeRecord[]): readonly ClusterNode[] {
  const nodes = records.flatMap(({ name, addresses, role, source, apiServerPort = defaultApiServerPort }) => {
    // A member without an address can still be asked for by its name: nobody who is known goes unjudged.
    const [address = name] = addresses;
    return address === undefined ? [] : [{ name: name ?? address, address, addresses, role, source, apiServerPort }];
  });
  return inOrder(nodes);
}

const recordOf = (member: Member): NodeRecord => ({
  name: member.hostname,
  addresses: member.addresses.map(canonicalHost),
  role: member.role,
  source: 'discovery',
  apiServerPort: member.apiServerPort,
});

const given = (host: string, role: Role): NodeRecord => ({ addresses: [host], role, source: 'given' });

/** Finds the member that a given host names, by address or by name. */
function memberFinder(members: readonly Member[]): (host: string) => Member | undefined {
  const byHost = new Map<string, Member>();
  for (const member of members) {
    byHost.set(canonicalHost(member.hostname), member);
    for (const address of member.addresses) {
      byHost.set(canonicalHost(address), member);
    }
  }
  return (host) => byHost.get(host);
}

const roleWords: Readonly<Record<Role, string>> = { controlplane: 'a control plane', worker: 'a worker' };

/** A member as discovery has it: `cp-1 (10.0.0.1, fd00::1)`. */
function described({ hostname, addresses }: Member): string {
  const known = addresses.map(canonicalHost).join(', ');
  return hostname === '' ? known : known === '' ? hostname : `${hostname} (${known})`;
}

/** Where discovery, if there is any, disagrees with the given lists. */
function disagreements(
  records: readonly NodeRecord[],
  members: readonly Member[],
  find: (host: string) => Member | undefined,
): readonly string[] {
  if (members.length === 0) {
    return [];
  }
  const found = records.map((record) => {
    const host = record.addresses[0] ?? '';
    return { role: record.role, host, member: find(host) };
  });
  const hostsOf = Map.groupBy(found, ({ member }) => member);
  return [
    ...found.flatMap(({ role, host, member }) => {
      if (member === undefined) {
        return [`${host} is given as ${roleWords[role]}, but discovery does not know it`];
      }
      return member.role === role
        ? []
        : [
            `${host} is given as ${roleWords[role]}, but discovery has ${described(member)} as ${roleWords[member.role]}`,
          ];
    }),
    ...[...hostsOf].flatMap(([member, given]) =>
      member === undefined || given.length < 2
        ? []
        : [
            `${given.map(({ host }) => host).join(' and ')} are given, and discovery has them as one node: ${described(member)}`,
          ],
    ),
    ...members
      .filter((member) => !hostsOf.has(member))
      .map(
        (member) =>
          `${described(member)} is discovered as ${roleWords[member.role]}, but not among the given nodes, and is not judged`,
      ),
  ];
}

/** Members that were folded into another one, as when a machine was installed anew under another name. */
function foldings(members: readonly Member[], nodes: readonly ClusterNode[]): readonly string[] {
  const byAddress = new Map(nodes.flatMap((node) => node.addresses.map((address) => [address, node] as const)));
  return members.flatMap((member) => {
    const [address = ''] = member.addresses.map(canonicalHost);
    const node = byAddress.get(address);
    return node === undefined || node.name === member.hostname || member.hostname === ''
      ? []
      : [`discovery has ${described(member)} besides ${node.name}, with the same address: they are judged as one node`];
  });
}

/**
 * The given lists are the cluster, as in talosctl. Discovery only lends names
 * and further addresses, and where it disagrees that is worth a note.
 * Hosts are canonical.
 */
export function givenCluster(
  controlPlanes: readonly string[],
  workers: readonly string[],
  members: readonly Member[],
): Cluster {
  const records = [
    ...controlPlanes.map((host) => given(host, 'controlplane')),
    ...workers.map((host) => given(host, 'worker')),
  ];
  const find = memberFinder(members);
  const named = records.map((record) => {
    const member = find(record.addresses[0] ?? '');
    return member === undefined ? record : merge(record, recordOf(member));
  });
  const notes = disagreements(records, members, find);
  return { nodes: toNodes(mergeAll(named)), source: 'given', workersKnown: true, notes };
}

/**
 * The members that discovery knows. Of a node's addresses the one that serves
 * as an endpoint is used, as it is known to be reachable.
 */
export function discoveredCluster(members: readonly Member[], endpointHosts: readonly string[]): Cluster {
  const hosts = new Set(endpointHosts);
  const records = members.map(recordOf).map((record) => ({
    ...record,
    addresses: [...new Set([...record.addresses.filter((address) => hosts.has(address)), ...record.addresses])],
  }));
  const nodes = toNodes(mergeAll(records));
  return { nodes, source: 'discovery', workersKnown: true, notes: foldings(members, nodes) };
}

/**
 * Where nobody else could list the workers, the Kubernetes API can: its nodes
 * that are no control planes and none of those that are known. A machine that has not registered stays unknown to it.
 */
export function withKubernetesWorkers(
  cluster: Cluster,
  nodes: readonly { readonly name: string; readonly addresses: readonly string[]; readonly controlPlane: boolean }[],
): Cluster {
  const workers = nodes
    .filter(({ controlPlane }) => !controlPlane)
    .map(
      ({ name, addresses }): NodeRecord => ({
        name,
        addresses: addresses.filter(looksLikeIp).map(canonicalHost),
        role: 'worker',
        source: 'kubernetes',
      }),
    );
  return {
    ...cluster,
    nodes: toNodes(mergeAll([...cluster.nodes, ...workers])),
    source: 'kubernetes',
    workersKnown: true,
  };
}

/** What the endpoints say of themselves and of etcd's members: nobody else can be known without discovery. */
export function endpointCluster(records: readonly NodeRecord[]): Cluster {
  return { nodes: toNodes(mergeAll(records)), source: 'endpoint', workersKnown: false, notes: [] };
}
