import type { Options } from '../inputs/options.ts';
import { certificateInfo } from '../talos/certificate.ts';
import type { HostPort } from '../values/address.ts';
import { openApiServers } from './api-server.ts';
import { type Cluster, type ClusterNode, isSmall } from './cluster.ts';
import type { EndpointPool } from './endpoint-pool.ts';
import { notQueried } from './facet.ts';
import type { NodeFacetName } from './facets.ts';
import { gather } from './gather.ts';
import { oncePerMachine, unlessTakenOver } from './identities.ts';
import type { KubernetesEye } from './kubernetes.ts';
import { withKubernetesWorkers } from './kubernetes-workers.ts';
import { observeNode } from './node.ts';
import { openRefusals } from './refusals.ts';
import type { RoundLimits } from './request.ts';
import type { CredentialsInfo, NodeSnapshot, Snapshot } from './snapshot.ts';

/** Looks at the cluster. Every look ends by its limits, never throws, and what it could not learn says why. */
export interface Observer {
  /** One round: everything of everybody, side by side. */
  whole(limits: RoundLimits): Promise<Snapshot>;
  /** Who is in the cluster and through which endpoint; of the nodes only those that are new, or could not be asked for want of an endpoint. */
  members(limits: RoundLimits): Promise<void>;
  /** One node again. */
  node(node: ClusterNode, limits: RoundLimits): Promise<void>;
  /** The Kubernetes API again. */
  kubernetes(limits: RoundLimits): Promise<void>;
  /** What was seen of each node last, put together. */
  latest(): Snapshot;
}

type ObserverOptions = Pick<
  Options,
  'proxying' | 'context' | 'controlPlaneNodes' | 'workerNodes' | 'nodes' | 'endpoints'
>;

function credentialsInfo(crt: string | undefined): CredentialsInfo {
  return crt === undefined ? { roles: [] } : certificateInfo(crt);
}

/** What is only needed while a look lasts, such as the trial of an endpoint that was not needed in the end, ends with it. */
async function within<T>(limits: RoundLimits, look: (bounded: RoundLimits) => Promise<T>): Promise<T> {
  const end = new AbortController();
  try {
    return await look({ ...limits, signal: AbortSignal.any([limits.signal, end.signal]) });
  } finally {
    end.abort();
  }
}

/** Where the API servers of the cluster are, as far as each is known to answer, or else is expected. */
function apiServersOf(cluster: Cluster | undefined, seen: (name: string) => NodeSnapshot | undefined): HostPort[] {
  return (cluster?.nodes ?? [])
    .filter(({ role }) => role === 'controlplane')
    .map(({ name, address, apiServerPort }) => {
      const way = seen(name)?.apiServerWay;
      return { host: way?.address ?? address, port: way?.port ?? apiServerPort };
    });
}

/** How long an answer stands for the next one, in milliseconds, where there are more than a few nodes: of many that die at once each would hold up a dozen calls. */
const freshness = 1000;

/** @param wanted what somebody wants to know of each node */
export function openObserver(
  pool: EndpointPool,
  options: ObserverOptions,
  eye: KubernetesEye,
  wanted: ReadonlySet<NodeFacetName>,
): Observer {
  const credentials = credentialsInfo(options.context.crt);
  const askApiServer = openApiServers(options.proxying);
  const seen = new Map<string, { readonly turn: number; readonly snapshot: NodeSnapshot }>();
  /** The node ids of machines, by the address that they were asked at. */
  const learned = new Map<string, string>();
  const regarded = openRefusals(credentials);
  let ofKubernetes = { turn: 0, snapshot: eye.unseen };
  let turns = 0;
  let at = 0;
  let cluster: Cluster | undefined;
  let clusterTurn = 0;
  let discovery: Snapshot['discovery'] = notQueried;

  /** Looks overlap: the one that began last has the say, whichever ends last. */
  function see(snapshot: NodeSnapshot, turn: number): void {
    const { node, version, identity } = snapshot;
    if (turn >= (seen.get(node.name)?.turn ?? 0)) {
      seen.set(node.name, { turn, snapshot });
    }
    if (version.ok && identity.ok) {
      learned.set(node.address, identity.value);
    }
  }

  const lastOf = (name: string): NodeSnapshot | undefined => seen.get(name)?.snapshot;

  function seeKubernetes(snapshot: Snapshot['kubernetes'], turn: number): void {
    ofKubernetes = turn >= ofKubernetes.turn ? { turn, snapshot } : ofKubernetes;
  }

  function snapshot(): Snapshot {
    const nodes = (cluster?.nodes ?? []).flatMap(({ name }) => seen.get(name)?.snapshot ?? []);
    const known = cluster ?? { nodes: [], source: 'endpoint', workersKnown: false, notes: [] };
    const endpoints = pool.snapshot();
    return regarded({
      at,
      cluster: known,
      discovery,
      endpoints,
      credentials,
      nodes,
      kubernetes: ofKubernetes.snapshot,
    });
  }

  /** Where nodes are expected to answer: those that did a moment ago, and of only a few all, until they do not. */
  function expectation(known: Cluster | undefined, now: number): (node: ClusterNode) => string | undefined {
    const ofFew = known !== undefined && isSmall(known);
    return ({ name, address }) => {
      const last = seen.get(name)?.snapshot;
      if (last?.node.address !== address) {
        return ofFew ? address : undefined;
      }
      return ofFew || now - at < freshness ? last.answeredAt : undefined;
    };
  }

  /** Without discovery, with the workers that Kubernetes has: who is known by it does not leave because it could not be asked for a moment. */
  async function withWorkers(found: Cluster, asked: Promise<Snapshot['kubernetes']> | undefined): Promise<Cluster> {
    if (found.workersKnown) {
      return found;
    }
    const answer = (await asked) ?? ofKubernetes.snapshot;
    if (answer.access && answer.nodes.ok) {
      return withKubernetesWorkers(found, answer.nodes.value);
    }
    return cluster?.source === 'kubernetes' ? cluster : found;
  }

  /** One look. What it saw is kept unless it was aborted: then it knows less than the one before it. */
  async function look<T>(
    limits: RoundLimits,
    observe: (bounded: RoundLimits) => Promise<T>,
    keep: (observed: T, turn: number) => void,
  ): Promise<void> {
    turns += 1;
    const turn = turns;
    const observed = await within(limits, observe);
    if (!limits.signal.aborted) {
      keep(observed, turn);
      at = limits.now();
    }
  }

  function lookAround(
    limits: RoundLimits,
    concerns: (node: ClusterNode) => boolean,
    lookAtKubernetes: typeof eye.look | undefined,
  ): Promise<void> {
    const observe = async (bounded: RoundLimits) => {
      const entry = pool.enter(bounded, limits.signal);
      const expected = expectation(cluster, limits.now());
      const found = Promise.withResolvers<readonly HostPort[]>();
      const asked = Promise.withResolvers<readonly HostPort[]>();
      const kubernetes = lookAtKubernetes?.(entry, bounded, [found.promise, asked.promise]);
      const observeOne = async (node: ClusterNode): Promise<NodeSnapshot> => {
        const last = seen.get(node.name)?.snapshot;
        return last !== undefined && !concerns(node)
          ? last
          : observeNode({ node, failover: entry, limits: bounded, wanted }, askApiServer, expected(node));
      };
      const gathered = await gather(entry, {
        options,
        known: cluster,
        isExpected: (node) => expected(node) !== undefined,
        observe: observeOne,
        onFound: (first) => found.resolve(apiServersOf(first, lastOf)),
      });
      const ofNode = new Map(gathered.nodes.map((one) => [one.node.name, one]));
      asked.resolve(apiServersOf(gathered.cluster, (name) => ofNode.get(name)));
      const workers = await withWorkers(gathered.cluster, kubernetes);
      const strangers = workers.nodes.filter(({ name }) => !gathered.cluster.nodes.some((node) => node.name === name));
      const others = await Promise.all(strangers.map(observeOne));
      const nodes = unlessTakenOver([...gathered.nodes, ...others], learned);
      const machines = oncePerMachine({ cluster: workers, nodes });
      return { ...machines, discovery: gathered.discovery, kubernetes: await kubernetes };
    };
    return look(limits, observe, ({ cluster: members, nodes, discovery: asked, kubernetes }, turn) => {
      for (const node of nodes.filter((one) => concerns(one.node) || !seen.has(one.node.name))) {
        see(node, turn);
      }
      if (kubernetes !== undefined) {
        seeKubernetes(kubernetes, turn);
      }
      if (turn >= clusterTurn) {
        clusterTurn = turn;
        cluster = members;
        discovery = asked;
      }
    });
  }

  return {
    whole: async (limits) => {
      await lookAround(limits, () => true, eye.look);
      return snapshot();
    },
    members: (limits) => {
      const isUnasked = ({ name, address, vanished }: ClusterNode): boolean => {
        const last = seen.get(name)?.snapshot;
        return (
          vanished || last?.node.address !== address || (!last.version.ok && last.version.error.layer === 'endpoint')
        );
      };
      return lookAround(limits, isUnasked, undefined);
    },
    node: (node, limits) => {
      const known = seen.get(node.name)?.snapshot.answeredAt;
      const observe = async (bounded: RoundLimits): Promise<readonly NodeSnapshot[]> => {
        const asked = { node, failover: pool.within(bounded), limits: bounded, wanted };
        return unlessTakenOver([await observeNode(asked, askApiServer, known)], learned);
      };
      return look(limits, observe, ([snapshot], turn) => snapshot && see(snapshot, turn));
    },
    kubernetes: (limits) =>
      look(
        limits,
        (bounded) => eye.look(pool.within(bounded), bounded, [Promise.resolve(apiServersOf(cluster, lastOf))]),
        seeKubernetes,
      ),
    latest: snapshot,
  };
}
