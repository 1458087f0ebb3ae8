import type { HostPort } from '../values/address.ts';
import type { AskApiServer } from './api-server.ts';
import { type Cluster, type ClusterNode, isSmall } from './cluster.ts';
import type { EndpointPool } from './endpoint-pool.ts';
import type { NodeFacetName } from './facets.ts';
import { type Gathering, gather } from './gather.ts';
import { oncePerMachine, unlessTakenOver } from './identities.ts';
import type { KubernetesObserver } from './kubernetes.ts';
import { withKubernetesWorkers } from './kubernetes-workers.ts';
import type { Latest, Observed } from './latest.ts';
import { observeNode } from './node.ts';
import type { RoundLimits } from './request.ts';
import type { NodeSnapshot, Snapshot } from './snapshot.ts';

/** What the observations of one wait share. */
export interface Shared {
  readonly pool: EndpointPool;
  readonly options: Gathering['options'];
  /** What somebody wants to know of each node. */
  readonly wanted: ReadonlySet<NodeFacetName>;
  readonly askApiServer: AskApiServer;
  readonly latest: Latest;
}

/** What to find out besides who is in the cluster. */
export interface Extent {
  /** Which of the known nodes to observe; new ones are observed in any case. */
  isConcerned(node: ClusterNode): boolean;
  readonly observeKubernetes?: KubernetesObserver['observe'];
}

/** How long the nodes of a large cluster are expected to answer as they did, in milliseconds: many that die at once would each hold up a dozen calls. */
const freshness = 1000;

/** Where the API servers are: where each is known to answer, or else where it is expected. */
export function apiServersOf(cluster: Cluster | undefined, nodes: ReadonlyMap<string, NodeSnapshot>): HostPort[] {
  return (cluster?.nodes ?? [])
    .filter(({ role }) => role === 'controlplane')
    .map(({ name, address, apiServerPort }) => {
      const way = nodes.get(name)?.apiServerWay;
      return { host: way?.address ?? address, port: way?.port ?? apiServerPort };
    });
}

/** Where nodes are expected to answer: those that did a moment ago, and in a small cluster all, until they do not. */
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

/** With the workers that Kubernetes has, if discovery names none. They do not leave because Kubernetes could not be asked for a moment. */
function withWorkers(found: Cluster, { membership }: Latest, kubernetes: Snapshot['kubernetes']): Cluster {
  if (found.workersKnown) {
    return found;
  }
  if (kubernetes.access && kubernetes.nodes.ok) {
    return withKubernetesWorkers(found, kubernetes.nodes.value);
  }
  return membership?.cluster.source === 'kubernetes' ? membership.cluster : found;
}

/**
 * Finds out who is in the cluster, and observes the nodes and the Kubernetes API side by side with that.
 *
 * @param lasting ends the trials of endpoints that were not good, which may take longer than the observation
 */
export async function observeCluster(
  { pool, options, wanted, askApiServer, latest }: Shared,
  { isConcerned, observeKubernetes }: Extent,
  limits: RoundLimits,
  lasting: AbortSignal,
): Promise<Observed> {
  const session = pool.enter(limits, lasting);
  const expected = expectation(latest, limits.now());
  const found = Promise.withResolvers<readonly HostPort[]>();
  const asked = Promise.withResolvers<readonly HostPort[]>();
  const kubernetes = observeKubernetes?.(session, limits, [found.promise, asked.promise]);
  const observe = async (node: ClusterNode): Promise<NodeSnapshot> => {
    const last = latest.nodes.get(node.name);
    return last !== undefined && !isConcerned(node)
      ? last
      : observeNode({ node, failover: session, limits, wanted }, askApiServer, expected(node));
  };
  const gathered = await gather(session, {
    options,
    known: latest.membership?.cluster,
    isExpected: (node) => expected(node) !== undefined,
    observe,
    onFound: (first) => found.resolve(apiServersOf(first, latest.nodes)),
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
  const machines = oncePerMachine({ cluster, nodes });
  const answer = await kubernetes;
  return {
    membership: { cluster: machines.cluster, discovery: gathered.discovery },
    nodes: machines.nodes.filter(({ node }) => isConcerned(node) || latest.nodes.get(node.name) === undefined),
    ...(answer !== undefined && { kubernetes: answer }),
  };
}
