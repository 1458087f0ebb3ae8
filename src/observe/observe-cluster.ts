import type { HostPort } from '../values/address.ts';
import type { DiscoverySession, EndpointPool } from './endpoints/pool.ts';
import { openRareFacets } from './facets/rare.ts';
import type { NodeFacetName } from './facets/table.ts';
import type { AskApiServer } from './kubernetes/api-server.ts';
import type { KubernetesObserver } from './kubernetes/observer.ts';
import type { Latest, Observed } from './latest.ts';
import { type Cluster, type ClusterNode, isSmall } from './members/cluster.ts';
import { type GatherOptions, gather } from './members/gather.ts';
import { deduplicateMachines, unlessTakenOver } from './members/identities.ts';
import { withKubernetesWorkers } from './members/kubernetes-workers.ts';
import { observeNode } from './node.ts';
import type { RoundLimits } from './request.ts';
import type { NodeSnapshot, Snapshot } from './snapshot.ts';

/** What the observations of one wait share. */
export interface Shared {
  readonly pool: EndpointPool;
  readonly options: GatherOptions['options'];
  /** The facets that the enabled checks read. */
  readonly wanted: ReadonlySet<NodeFacetName>;
  readonly askApiServer: AskApiServer;
  readonly latest: Latest;
}

/** What to observe besides the members. */
export interface Extent {
  /** Which of the known nodes to observe; new ones are always observed. */
  isConcerned(node: ClusterNode): boolean;
  readonly observeKubernetes?: KubernetesObserver['observe'];
}

/**
 * How long the nodes of a large cluster are expected to answer as before, in milliseconds: if many fail at once, each
 * would cost a dozen hanging calls.
 */
const freshness = 1000;

/** The address of each API server: the one of the last request, or else the expected one. */
export function apiServersOf(cluster: Cluster | undefined, nodes: ReadonlyMap<string, NodeSnapshot>): HostPort[] {
  return (cluster?.nodes ?? [])
    .filter(({ role }) => role === 'controlplane')
    .map(({ name, address, apiServerPort }) => {
      const way = nodes.get(name)?.apiServerWay;
      return { host: way?.address ?? address, port: way?.port ?? apiServerPort };
    });
}

/**
 * The address at which a node is expected to answer: in a small cluster for every node until it fails, else for nodes
 * that answered a moment ago.
 */
function expectation({ membership, nodes, at }: Latest, now: number): (node: ClusterNode) => string | undefined {
  const ofFew = membership !== undefined && isSmall(membership.cluster);
  return ({ name, address }) => {
    const last = nodes.get(name);
    if (last?.node.address !== address) {
      return ofFew ? address : undefined;
    }
    return ofFew || now - at < freshness ? last.answeredAt : undefined;
  };
}

/** Adds the workers that Kubernetes lists if discovery lists none. They remain if Kubernetes is briefly unavailable. */
function withWorkers(found: Cluster, { membership }: Latest, kubernetes: Snapshot['kubernetes']): Cluster {
  if (found.workersKnown) {
    return found;
  }
  if (kubernetes.access && kubernetes.nodes.ok) {
    return withKubernetesWorkers(found, kubernetes.nodes.value);
  }
  return membership?.cluster.source === 'kubernetes' ? membership.cluster : found;
}

async function askOmni(session: DiscoverySession, cluster: string | undefined): Promise<Snapshot['omni']> {
  return cluster === undefined ? undefined : (await import('./omni.ts')).observeOmni(session, cluster);
}

/**
 * Finds the members of the cluster, and observes the nodes and the Kubernetes API concurrently.
 *
 * @param lasting ends the attempts on endpoints that were not healthy, which may outlast the observation
 */
export async function observeCluster(
  { pool, options, wanted, askApiServer, latest }: Shared,
  { isConcerned, observeKubernetes }: Extent,
  limits: RoundLimits,
  lasting: AbortSignal,
): Promise<Observed> {
  const session = pool.openSession(limits, lasting);
  const omni = askOmni(session, options.omniCluster);
  const expected = expectation(latest, limits.now());
  const found = Promise.withResolvers<readonly HostPort[]>();
  const asked = Promise.withResolvers<readonly HostPort[]>();
  const kubernetes = observeKubernetes?.(session, limits, [found.promise, asked.promise]);
  const askRarely = openRareFacets();
  let isLarge = latest.membership !== undefined && !isSmall(latest.membership.cluster);
  const observe = async (node: ClusterNode): Promise<NodeSnapshot> => {
    const last = latest.nodes.get(node.name);
    return last !== undefined && !isConcerned(node)
      ? last
      : observeNode(
          { node, client: session, limits, wanted, before: last, ...(isLarge && { askRarely }) },
          askApiServer,
          expected(node),
        );
  };
  const gathered = await gather(session, {
    options,
    known: latest.membership?.cluster,
    isExpected: (node) => expected(node) !== undefined,
    observe,
    onFound: (first) => {
      isLarge = !isSmall(first);
      found.resolve(apiServersOf(first, latest.nodes));
    },
  });
  const ofNode = new Map(gathered.nodes.map((one) => [one.node.name, one]));
  asked.resolve(apiServersOf(gathered.cluster, ofNode));
  const cluster = withWorkers(
    gathered.cluster,
    latest,
    (gathered.cluster.workersKnown ? undefined : await kubernetes) ?? latest.kubernetes,
  );
  const others = await Promise.all(cluster.nodes.filter(({ name }) => !ofNode.has(name)).map(observe));
  const nodes = unlessTakenOver([...gathered.nodes, ...others], latest.nodeIds);
  const machines = deduplicateMachines({ cluster, nodes });
  const [answer, facts] = await Promise.all([kubernetes, omni]);
  return {
    membership: { cluster: machines.cluster, discovery: gathered.discovery, ...(facts && { omni: facts }) },
    nodes: machines.nodes.filter(({ node }) => isConcerned(node) || latest.nodes.get(node.name) === undefined),
    ...(answer !== undefined && { kubernetes: answer }),
  };
}
