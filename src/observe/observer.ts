import type { Options } from '../inputs/options.ts';
import { credentialsInfo } from './credentials.ts';
import type { EndpointPool } from './endpoints/pool.ts';
import { notQueried } from './facets/facet.ts';
import type { NodeFacetName } from './facets/table.ts';
import { openApiServers } from './kubernetes/api-server.ts';
import type { KubernetesObserver } from './kubernetes/observer.ts';
import { Latest, type Observed } from './latest.ts';
import type { ClusterNode } from './members/cluster.ts';
import { unlessTakenOver } from './members/identities.ts';
import { observeNode } from './node.ts';
import { apiServersOf, observeCluster } from './observe-cluster.ts';
import { openRefusals } from './refusals.ts';
import type { RoundLimits } from './request.ts';
import type { Snapshot } from './snapshot.ts';

/**
 * Observes the cluster. Every observation ends within its limits and never throws; a facet that could not be read has
 * the reason.
 */
export interface Observer {
  /** A whole round: observes everything, concurrently. */
  round(limits: RoundLimits): Promise<Snapshot>;
  /**
   * Observes the members and the endpoints, and only those nodes that are new or could not be reached for lack of an
   * endpoint.
   */
  members(limits: RoundLimits): Promise<void>;
  node(node: ClusterNode, limits: RoundLimits): Promise<void>;
  kubernetes(limits: RoundLimits): Promise<void>;
  /** The latest state of everything. */
  latest(): Snapshot;
}

type ObserverOptions = Pick<
  Options,
  'proxying' | 'context' | 'controlPlaneNodes' | 'workerNodes' | 'nodes' | 'endpoints' | 'omniCluster'
>;

/** The state until the members are known. */
const noMembers: Pick<Snapshot, 'cluster' | 'discovery'> = {
  cluster: { nodes: [], source: 'endpoint', workersKnown: false, notes: [] },
  discovery: notQueried,
};

/** @param wanted the facets of a node that the enabled checks read */
export function openObserver(
  pool: EndpointPool,
  options: ObserverOptions,
  ofKubernetes: KubernetesObserver,
  wanted: ReadonlySet<NodeFacetName>,
): Observer {
  const credentials = credentialsInfo(options.context.credentials);
  const askApiServer = openApiServers(options.proxying);
  const latest = new Latest(ofKubernetes.initial);
  const shared = { pool, options, wanted, askApiServer, latest };
  const classifyRefusals = openRefusals(credentials);
  let sequence = 0;

  function snapshot(): Snapshot {
    const { at, kubernetes, membership = noMembers } = latest;
    const nodes = membership.cluster.nodes.flatMap(({ name }) => latest.nodes.get(name) ?? []);
    return classifyRefusals({ ...membership, at, endpoints: pool.snapshot(), credentials, nodes, kubernetes });
  }

  /**
   * Ends, with the observation, what only it needs, such as an attempt on an endpoint. The result of an aborted
   * observation is discarded: the previous one is more complete.
   */
  async function keep(limits: RoundLimits, observe: (bounded: RoundLimits) => Promise<Observed>): Promise<void> {
    sequence += 1;
    const began = sequence;
    const end = new AbortController();
    try {
      const observed = await observe({ ...limits, signal: AbortSignal.any([limits.signal, end.signal]) });
      if (!limits.signal.aborted) {
        latest.keep(observed, began, limits.now());
      }
    } finally {
      end.abort();
    }
  }

  /** Whether it could not be reached, or not at its current address. */
  function isUnasked({ name, address, vanished }: ClusterNode): boolean {
    const last = latest.nodes.get(name);
    return vanished || last?.node.address !== address || (!last.version.ok && last.version.error.layer === 'endpoint');
  }

  return {
    round: async (limits) => {
      const extent = { isConcerned: () => true, observeKubernetes: ofKubernetes.observe };
      await keep(limits, (bounded) => observeCluster(shared, extent, bounded, limits.signal));
      return snapshot();
    },
    members: (limits) =>
      keep(limits, (bounded) => observeCluster(shared, { isConcerned: isUnasked }, bounded, limits.signal)),
    node: (node, limits) =>
      keep(limits, async (bounded) => {
        const before = latest.nodes.get(node.name);
        const asked = { node, client: pool.client(bounded), limits: bounded, wanted, before, isPoll: true as const };
        const observed = await observeNode(asked, askApiServer, before?.answeredAt);
        return { nodes: unlessTakenOver([observed], latest.nodeIds) };
      }),
    kubernetes: (limits) =>
      keep(limits, async (bounded) => {
        const servers = apiServersOf(latest.membership?.cluster, latest.nodes);
        return { kubernetes: await ofKubernetes.observe(pool.client(bounded), bounded, [Promise.resolve(servers)]) };
      }),
    latest: snapshot,
  };
}
