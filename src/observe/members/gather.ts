import type { EtcdMember } from '../../talos/model/etcd.ts';
import type { Member } from '../../talos/model/machine.ts';
import { hostIndex, hostsOf } from '../../values/host-index.ts';
import { type DiscoverySession, type EndpointTrial, listMembers } from '../endpoints/pool.ts';
import type { Facet } from '../facets/facet.ts';
import type { NodeSnapshot } from '../snapshot.ts';
import { createTasks } from '../tasks.ts';
import type { Cluster, ClusterNode, Outsider } from './cluster.ts';
import { clusterFrom, clusterOfEndpoints, type DiscoveryOptions } from './discover.ts';
import type { MemberList } from './lists.ts';
import { findOutsider } from './outsiders.ts';

/** The members of the cluster, and what was observed of each. */
export interface Gathered {
  readonly cluster: Cluster;
  /** How many machines discovery lists, or why it lists none. */
  readonly discovery: Facet<number>;
  /** In the order of the cluster. */
  readonly nodes: readonly NodeSnapshot[];
}

export interface GatherOptions {
  readonly options: DiscoveryOptions;
  /** The cluster as found by an earlier round. */
  readonly known: Cluster | undefined;
  /** Whether the node is observed immediately, without waiting for discovery to list it again. */
  isExpected(node: ClusterNode): boolean;
  /** Never rejects. */
  observe(node: ClusterNode): Promise<NodeSnapshot>;
  /** Called with the members known so far, as soon as there is a source for them. */
  onFound(cluster: Cluster): void;
}

/** The same for a machine in every list; a machine that has vanished is observed again. */
const keyOf = ({ nodeId = '', nodename, address, vanished }: ClusterNode): string =>
  `${nodeId} ${nodename ?? address} ${vanished === true}`;

/** The node id of a member, or its name if discovery has no id. */
const idOf = ({ nodeId, nodename }: Member): string => nodeId || nodename;

/**
 * Finds the members of the cluster while it already observes the known ones. The member lists of every endpoint and
 * every control plane are combined, so that a stale or partial list hides no node.
 */
export async function gather(
  session: DiscoverySession,
  { options, known, isExpected, observe, onFound }: GatherOptions,
): Promise<Gathered> {
  const lists: MemberList[] = [];
  const outsiders: Outsider[] = [];
  /** Ids of the members listed so far. */
  const named = new Set<string>();
  /** Ids of the etcd members that were looked for. */
  const asked = new Set<string>();
  const observed = new Map<string, Promise<NodeSnapshot>>();
  const answered = new Set<EndpointTrial>();
  /** Of the members known so far. */
  let byHost = hostIndex(known?.nodes ?? [], hostsOf);
  const tasks = createTasks();

  function start(node: ClusterNode): void {
    if (!observed.has(keyOf(node))) {
      const snapshot = observe(node);
      observed.set(keyOf(node), snapshot);
      tasks.add(snapshot.then((observation) => Promise.all([askForMembers(observation), askOutsiders(observation)])));
    }
  }

  /** A list without a new member is compared with the others once all are complete. */
  function take(from: string, nodeId: string | undefined, members: Facet<readonly Member[]>): void {
    if (!members.ok) {
      return;
    }
    lists.push({ from, nodeId, members: members.value, at: members.at });
    const ids = members.value.map(idOf);
    if (lists.length === 1 || !ids.every((id) => named.has(id))) {
      for (const id of ids) {
        named.add(id);
      }
      update();
    }
  }

  function adopt(found: Cluster): void {
    byHost = hostIndex(found.nodes, hostsOf);
    onFound(found);
    found.nodes.forEach(start);
  }

  function update(): void {
    const found = clusterFrom(lists, outsiders, options, known);
    if (found !== undefined) {
      adopt(found);
    }
  }

  /**
   * If the lists of the endpoints are empty, other control planes may have members: a machine that has just started
   * lists none.
   */
  async function withoutLists(): Promise<Cluster> {
    const found = await clusterOfEndpoints(session, options);
    adopt(found);
    await tasks.idle();
    return clusterFrom(lists, outsiders, options, known) ?? found;
  }

  /** Requests the list of a control plane that is no endpoint, or that is an endpoint which does not answer. */
  async function askForMembers(observation: NodeSnapshot): Promise<void> {
    const { node, version, identity, answeredAt = node.address } = observation;
    const nodeId = identity.ok ? identity.value : undefined;
    if (node.role === 'controlplane' && version.ok && !lists.some((list) => list.nodeId === nodeId)) {
      take(node.name, nodeId, await session.ask(listMembers, answeredAt));
    }
  }

  /**
   * Looks for etcd members at addresses of no known machine: a machine that runs one is a control plane, even if
   * discovery does not list it.
   */
  async function askOutsiders({ etcdMembers }: NodeSnapshot): Promise<void> {
    const members = etcdMembers.ok ? etcdMembers.value : [];
    const isKnown = (host: string): boolean => byHost.claimants(host).length > 0;
    const unknown = members.filter(
      ({ id, hostname, peerHosts }) => !asked.has(id) && !isKnown(hostname) && !peerHosts.some(isKnown),
    );
    await Promise.all(unknown.flatMap((member) => member.peerHosts.map((host) => askOutsider(host, member))));
  }

  async function askOutsider(host: string, member: EtcdMember): Promise<void> {
    asked.add(member.id);
    const outsider = await findOutsider(session, host, member);
    if (outsider !== undefined && !outsiders.some(({ memberId }) => memberId === member.id)) {
      outsiders.push(outsider);
      update();
    }
  }

  async function askEndpoint(trial: EndpointTrial): Promise<void> {
    const { members, nodeId } = await trial.answer;
    answered.add(trial);
    take(trial.channel.endpoint, nodeId, members);
  }

  async function askNode(node: string): Promise<void> {
    take(node, undefined, await session.ask(listMembers, node));
  }

  /** Whether the machine at the endpoint's address has already returned its list through another endpoint. */
  function hasListed({ host }: EndpointTrial): boolean {
    const nodeId = byHost.find(host)?.nodeId;
    return nodeId !== undefined && lists.some((list) => list.nodeId === nodeId);
  }

  for (const node of known?.nodes.filter(isExpected) ?? []) {
    start(node);
  }
  const trials = session.trials.map((trial) => ({ trial, asking: askEndpoint(trial) }));
  for (const node of options.nodes) {
    tasks.add(askNode(node));
  }
  for (;;) {
    await tasks.idle();
    const open = trials.filter(
      ({ trial }) => !answered.has(trial) && (lists.length === 0 || (!trial.hadFailed && !hasListed(trial))),
    );
    if (open.length === 0) {
      break;
    }
    await Promise.race(open.map(({ asking }) => asking));
  }
  const cluster = clusterFrom(lists, outsiders, options, known) ?? (await withoutLists());
  onFound(cluster);
  const nodes = await Promise.all(
    cluster.nodes.map(async (node) => {
      const observation = await observed.get(keyOf(node));
      const isStale =
        observation === undefined || (!observation.version.ok && !hasSameAddresses(observation.node, node));
      return isStale ? await observe(node) : { ...observation, node };
    }),
  );
  return { cluster, discovery: await discoveryOf(session, lists), nodes };
}

function hasSameAddresses(one: ClusterNode, other: ClusterNode): boolean {
  return other.addresses.every((address) => one.addresses.includes(address));
}

/** The number of members listed, else the first failure of an endpoint that answers at all. */
async function discoveryOf(session: DiscoverySession, lists: readonly MemberList[]): Promise<Facet<number>> {
  const [first] = lists;
  if (first !== undefined) {
    const ids = new Set(lists.flatMap(({ members }) => members.map(idOf)));
    return { ok: true, value: ids.size, at: first.at };
  }
  const answers = await Promise.all(session.trials.map(({ answer }) => answer));
  const failures = answers.flatMap(({ members }) => (members.ok ? [] : [members]));
  return failures.find(({ error }) => error.layer === 'node') ?? session.whyNone();
}
