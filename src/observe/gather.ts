import { etcdStatus } from '../talos/api.ts';
import type { EtcdMember, Member } from '../talos/model.ts';
import { hostIndex, hostsOf } from '../values/host-index.ts';
import type { Cluster, ClusterNode, Outsider } from './cluster.ts';
import { clusterFrom, clusterOfEndpoints, type DiscoveryOptions } from './discover.ts';
import { type EndpointTrial, type Entry, listMembers } from './endpoint-pool.ts';
import type { Facet } from './facet.ts';
import { nodeFacets } from './facets.ts';
import type { MemberList } from './member-lists.ts';
import type { NodeSnapshot } from './snapshot.ts';

/** Who is in the cluster, and what was seen of each. */
export interface Gathered {
  readonly cluster: Cluster;
  /** How many machines discovery names, or why it names none. */
  readonly discovery: Facet<number>;
  /** In the order of the cluster. */
  readonly nodes: readonly NodeSnapshot[];
}

export interface Gathering {
  readonly options: DiscoveryOptions;
  /** The cluster as an earlier round found it. */
  readonly known: Cluster | undefined;
  /** Whether the node need not wait for discovery to say that it is still there. */
  isExpected(node: ClusterNode): boolean;
  /** Never rejects. */
  observe(node: ClusterNode): Promise<NodeSnapshot>;
  /** Told who is in the cluster as far as is known, as soon as anybody has said so. */
  onFound(cluster: Cluster): void;
}

/** The same machine in every list that names it; one that vanished meanwhile is looked at anew. */
const keyOf = ({ nodeId = '', nodename, address, vanished }: ClusterNode): string =>
  `${nodeId} ${nodename ?? address} ${vanished === true}`;

/** A member by its id, or by its name where discovery has no id of it. */
const idOf = ({ nodeId, nodename }: Member): string => nodeId || nodename;

const isControlPlane = ({ node }: NodeSnapshot): boolean => node.role === 'controlplane';

/**
 * Finds out who is in the cluster while it already observes those that are
 * known. Every endpoint and every control plane is asked whom its discovery
 * names: one with a stale or partial list hides nobody.
 */
export async function gather(
  entry: Entry,
  { options, known, isExpected, observe, onFound }: Gathering,
): Promise<Gathered> {
  const lists: MemberList[] = [];
  const outsiders: Outsider[] = [];
  /** Whom the lists name so far. */
  const named = new Set<string>();
  /** Members of etcd that were asked whether a machine runs them. */
  const asked = new Set<string>();
  const observed = new Map<string, Promise<NodeSnapshot>>();
  const answered = new Set<EndpointTrial>();
  /** As far as is known. */
  let byHost = hostIndex(known?.nodes ?? [], hostsOf);
  let running = 0;
  let idle = Promise.withResolvers<void>();

  /** Never rejects: what goes wrong is a value. */
  function run(task: Promise<unknown>): void {
    running += 1;
    void task.then(() => {
      running -= 1;
      if (running === 0) {
        idle.resolve();
        idle = Promise.withResolvers();
      }
    });
  }

  function start(node: ClusterNode): void {
    if (!observed.has(keyOf(node))) {
      const snapshot = observe(node);
      observed.set(keyOf(node), snapshot);
      run(snapshot.then((seen) => Promise.all([askForMembers(seen), askOutsiders(seen)])));
    }
  }

  /** A list that names nobody new is compared with the others when all are in. */
  function take(list: MemberList): void {
    lists.push(list);
    const ids = list.members.map(idOf);
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

  async function settled(): Promise<void> {
    while (running > 0) {
      await idle.promise;
    }
  }

  /** Where the lists of the endpoints name nobody, those of the other control planes may: a machine that has just started knows nobody. */
  async function withoutLists(): Promise<Cluster> {
    const found = await clusterOfEndpoints(entry, options);
    adopt(found);
    await settled();
    return clusterFrom(lists, outsiders, options, known) ?? found;
  }

  /** A control plane that is no endpoint, or whose endpoint does not answer, is asked through another. */
  async function askForMembers(seen: NodeSnapshot): Promise<void> {
    const { node, version, identity, answeredAt = node.address } = seen;
    const nodeId = identity.ok ? identity.value : undefined;
    if (isControlPlane(seen) && version.ok && !lists.some((list) => list.nodeId === nodeId)) {
      const members = await entry.ask(listMembers, answeredAt);
      if (members.ok) {
        take({ from: node.name, nodeId, members: members.value, at: members.at });
      }
    }
  }

  /** Members of etcd at addresses that no known machine has: who runs one is a control plane, whatever discovery says. */
  async function askOutsiders({ etcdMembers }: NodeSnapshot): Promise<void> {
    const members = etcdMembers.ok ? etcdMembers.value : [];
    const isKnown = (host: string): boolean => byHost.claimants(host).length > 0;
    const unknown = members.filter(
      ({ id, hostname, peerHosts }) => !asked.has(id) && !isKnown(hostname) && !peerHosts.some(isKnown),
    );
    await Promise.all(unknown.flatMap((member) => member.peerHosts.map((host) => askOutsider(host, member))));
  }

  async function askOutsider(host: string, { id, hostname }: Pick<EtcdMember, 'id' | 'hostname'>): Promise<void> {
    asked.add(id);
    const [identity, status] = await Promise.all([
      entry.ask(nodeFacets.identity.read, host),
      entry.ask(etcdStatus, host),
    ]);
    // An etcd that hangs does not say which member it is, and yet its machine is there.
    const runsIt = status.ok ? status.value.memberId === id : status.error.kind === 'timeout';
    if (identity.ok && runsIt && !outsiders.some(({ memberId }) => memberId === id)) {
      outsiders.push({ memberId: id, nodeId: identity.value, hostname, addresses: [host] });
      update();
    }
  }

  async function askEndpoint(trial: EndpointTrial): Promise<void> {
    const { members, nodeId } = await trial.answer;
    answered.add(trial);
    if (members.ok) {
      take({ from: trial.channel.endpoint, nodeId, members: members.value, at: members.at });
    }
  }

  async function askNode(node: string): Promise<void> {
    const members = await entry.ask(listMembers, node);
    if (members.ok) {
      take({ from: node, nodeId: undefined, members: members.value, at: members.at });
    }
  }

  /** The machine at the endpoint's address has told its list through another endpoint. */
  function isHeard({ host }: EndpointTrial): boolean {
    const nodeId = byHost.find(host)?.nodeId;
    return nodeId !== undefined && lists.some((list) => list.nodeId === nodeId);
  }

  for (const node of known?.nodes.filter(isExpected) ?? []) {
    start(node);
  }
  const trials = entry.trials.map((trial) => ({ trial, asking: askEndpoint(trial) }));
  for (const node of options.nodes) {
    run(askNode(node));
  }
  for (;;) {
    await settled();
    const open = trials.filter(
      ({ trial }) => !answered.has(trial) && (lists.length === 0 || (!trial.hadFailed && !isHeard(trial))),
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
      const seen = await observed.get(keyOf(node));
      const isStale = seen === undefined || (!seen.version.ok && !hasSameAddresses(seen.node, node));
      return isStale ? await observe(node) : { ...seen, node };
    }),
  );
  return { cluster, discovery: await discoveryOf(entry, lists), nodes };
}

function hasSameAddresses(one: ClusterNode, other: ClusterNode): boolean {
  return other.addresses.every((address) => one.addresses.includes(address));
}

/** What discovery answered: whom the lists name, else the first failure of an endpoint that answers at all. */
async function discoveryOf(entry: Entry, lists: readonly MemberList[]): Promise<Facet<number>> {
  const [first] = lists;
  if (first !== undefined) {
    const ids = new Set(lists.flatMap(({ members }) => members.map(idOf)));
    return { ok: true, value: ids.size, at: first.at };
  }
  const answers = await Promise.all(entry.trials.map(({ answer }) => answer));
  const failures = answers.flatMap(({ members }) => (members.ok ? [] : [members]));
  return failures.find(({ error }) => error.layer === 'node') ?? entry.whyNone();
}
