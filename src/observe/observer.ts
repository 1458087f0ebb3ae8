import type { Options } from '../inputs/options.ts';
import { certificateInfo } from '../talos/certificate.ts';
import { openApiServers } from './api-server.ts';
import type { ClusterNode } from './cluster.ts';
import type { EndpointPool } from './endpoint-pool.ts';
import { notQueried } from './facet.ts';
import type { NodeFacetName } from './facets.ts';
import { unlessTakenOver } from './identities.ts';
import type { KubernetesObserver } from './kubernetes.ts';
import { Latest, type Observed } from './latest.ts';
import { observeNode } from './node.ts';
import { apiServersOf, observeCluster } from './observe-cluster.ts';
import { openRefusals } from './refusals.ts';
import type { RoundLimits } from './request.ts';
import type { CredentialsInfo, Snapshot } from './snapshot.ts';

/** Observes the cluster. Every observation ends within its limits and never throws; what it could not learn says why. */
export interface Observer {
  /** A whole round: everything of everybody, side by side. */
  round(limits: RoundLimits): Promise<Snapshot>;
  /** Who is in the cluster, and which endpoints answer; of the nodes only those that are new, or that could not be asked for want of an endpoint. */
  members(limits: RoundLimits): Promise<void>;
  /** One node. */
  node(node: ClusterNode, limits: RoundLimits): Promise<void>;
  /** The Kubernetes API. */
  kubernetes(limits: RoundLimits): Promise<void>;
  /** What was observed last of everything, put together. */
  latest(): Snapshot;
}

type ObserverOptions = Pick<
  Options,
  'proxying' | 'context' | 'controlPlaneNodes' | 'workerNodes' | 'nodes' | 'endpoints'
>;

function credentialsInfo(crt: string | undefined): CredentialsInfo {
  return crt === undefined ? { roles: [] } : certificateInfo(crt);
}

/** Before anybody has said who is in the cluster. */
const nobody: Pick<Snapshot, 'cluster' | 'discovery'> = {
  cluster: { nodes: [], source: 'endpoint', workersKnown: false, notes: [] },
  discovery: notQueried,
};

/** @param wanted what somebody wants to know of each node */
export function openObserver(
  pool: EndpointPool,
  options: ObserverOptions,
  ofKubernetes: KubernetesObserver,
  wanted: ReadonlySet<NodeFacetName>,
): Observer {
  const credentials = credentialsInfo(options.context.crt);
  const askApiServer = openApiServers(options.proxying);
  const latest = new Latest(ofKubernetes.initial);
  const shared = { pool, options, wanted, askApiServer, latest };
  const regarded = openRefusals(credentials);
  let sequence = 0;

  function snapshot(): Snapshot {
    const { at, kubernetes, membership = nobody } = latest;
    const nodes = membership.cluster.nodes.flatMap(({ name }) => latest.nodes.get(name) ?? []);
    return regarded({ ...membership, at, endpoints: pool.snapshot(), credentials, nodes, kubernetes });
  }

  /** Ends with the observation what only it needs, such as the trial of an endpoint. One that was aborted knows less than the one before. */
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

  /** It could not be asked, or not at the address that it has now. */
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
        const known = latest.nodes.get(node.name)?.answeredAt;
        const asked = { node, failover: pool.within(bounded), limits: bounded, wanted };
        const observed = await observeNode(asked, askApiServer, known);
        return { nodes: unlessTakenOver([observed], latest.nodeIds) };
      }),
    kubernetes: (limits) =>
      keep(limits, async (bounded) => {
        const servers = apiServersOf(latest.membership?.cluster, latest.nodes);
        return { kubernetes: await ofKubernetes.observe(pool.within(bounded), bounded, [Promise.resolve(servers)]) };
      }),
    latest: snapshot,
  };
}
