import type { Cluster, ClusterNode } from '../observe/members/cluster.ts';
import { silentNode } from '../observe/silent-node.ts';
import type { NodeSnapshot } from '../observe/snapshot.ts';
import type { Failure } from '../talos/failure.ts';
import { defaultApiServerPort } from '../talos/resources/members.ts';
import { nodeFinder } from './attribute-error.ts';

export interface Judgeable {
  readonly cluster: Cluster;
  /** The nodes that the server checks. */
  readonly judged: readonly ClusterNode[];
}

/**
 * Merges the nodes that the server checks into the cluster. A node that only the
 * server knows comes from Kubernetes and is taken for a worker: control planes
 * are known from etcd.
 *
 * @param listed addresses; undefined before the server lists them
 */
export function judgeable(known: Cluster, listed: readonly string[] | undefined): Judgeable {
  if (listed === undefined) {
    return { cluster: known, judged: known.nodes };
  }
  const find = nodeFinder(known.nodes);
  const judged = new Map<string, ClusterNode>();
  const unknown: ClusterNode[] = [];
  for (const address of listed) {
    const node = find(address) ?? unknownNode(address);
    if (!judged.has(node.name)) {
      judged.set(node.name, node);
      unknown.push(...(find(address) === undefined ? [node] : []));
    }
  }
  const unchecked = known.nodes.filter(({ name }) => !judged.has(name));
  const cluster = {
    ...known,
    nodes: [...known.nodes, ...unknown],
    workersKnown: known.workersKnown || listed.length > 0,
    notes: [
      ...known.notes,
      // An endpoint may be a load balancer, not a node.
      ...(known.source === 'endpoint'
        ? []
        : unknown.map(({ name }) => `${name} is judged by the server, and not known here`)),
      ...unchecked.map(
        ({ name, address }) =>
          `${name === address ? name : `${name} (${address})`} is known here, and not judged by the server`,
      ),
    ],
  };
  return { cluster, judged: cluster.nodes.filter(({ name }) => judged.has(name)) };
}

function unknownNode(address: string): ClusterNode {
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

const notQueried: Failure = {
  kind: 'other',
  layer: 'node',
  code: 'UNKNOWN',
  message: 'not asked: a control plane judges it',
};

/** Server mode observes no node; `failure` is why the node does not answer, if the server reports it. */
export function unobserved(node: ClusterNode, at: number, failure: Failure = notQueried): NodeSnapshot {
  return { ...silentNode(node, notQueried, at), version: { ok: false, error: failure, at } };
}
