import type { Cluster, ClusterNode } from '../observe/cluster.ts';
import { silentNode } from '../observe/silent-node.ts';
import type { NodeSnapshot } from '../observe/snapshot.ts';
import type { Failure } from '../talos/failure.ts';
import { defaultApiServerPort } from '../talos/resources.ts';
import { nodeFinder } from './attribute-error.ts';

/** Who is judged, as far as the server and this side agree. */
export interface Judgeable {
  readonly cluster: Cluster;
  /** Those that the server judges. */
  readonly judged: readonly ClusterNode[];
}

/**
 * The nodes that the server says it judges, among those that are known here.
 * One that nobody else knows of comes from Kubernetes, and is a worker as far
 * as can be told: control planes are known by etcd.
 *
 * @param listed addresses; undefined where the server has not said
 */
export function judgeable(known: Cluster, listed: readonly string[] | undefined): Judgeable {
  if (listed === undefined) {
    return { cluster: known, judged: known.nodes };
  }
  const find = nodeFinder(known.nodes);
  const judged = new Map<string, ClusterNode>();
  const strangers: ClusterNode[] = [];
  for (const address of listed) {
    const node = find(address) ?? stranger(address);
    if (!judged.has(node.name)) {
      judged.set(node.name, node);
      strangers.push(...(find(address) === undefined ? [node] : []));
    }
  }
  const left = known.nodes.filter(({ name }) => !judged.has(name));
  const cluster = {
    ...known,
    nodes: [...known.nodes, ...strangers],
    workersKnown: known.workersKnown || listed.length > 0,
    notes: [
      ...known.notes,
      // Endpoints by themselves are no proof of a node: one may be a load balancer.
      ...(known.source === 'endpoint'
        ? []
        : strangers.map(({ name }) => `${name} is judged by the server, and not known here`)),
      ...left.map(
        ({ name, address }) =>
          `${name === address ? name : `${name} (${address})`} is known here, and not judged by the server`,
      ),
    ],
  };
  return { cluster, judged: cluster.nodes.filter(({ name }) => judged.has(name)) };
}

function stranger(address: string): ClusterNode {
  return {
    name: address,
    names: [],
    address,
    addresses: [address],
    role: 'worker',
    source: 'endpoint',
    apiServerPort: defaultApiServerPort,
  };
}

const notAsked: Failure = {
  kind: 'other',
  layer: 'node',
  code: 'UNKNOWN',
  message: 'not asked: a control plane judges it',
};

/** What is seen of a node in this mode: nothing, but why it does not answer where the server says so. */
export function unseen(node: ClusterNode, at: number, failure: Failure = notAsked): NodeSnapshot {
  return { ...silentNode(node, notAsked, at), version: { ok: false, error: failure, at } };
}
