import type { KubernetesNode } from '../../kubernetes/model.ts';
import { canonicalHost, looksLikeIp } from '../../values/address.ts';
import { hostIndex, hostsOf } from '../../values/host-index.ts';
import { type Cluster, type NodeRecord, toNodes } from './cluster.ts';

/**
 * Adds the workers that Kubernetes lists, if no other source could: its nodes that are no control planes and match no
 * known node. Machines that have not registered remain unknown.
 */
export function withKubernetesWorkers(cluster: Cluster, nodes: readonly KubernetesNode[]): Cluster {
  const byName = hostIndex(cluster.nodes, ({ name, names }) => [name, ...names]);
  // A node known only by its addresses may be any of them.
  const nameless = hostIndex(
    cluster.nodes.filter(({ names }) => names.length === 0),
    hostsOf,
  );
  const workers = nodes
    .filter(({ controlPlane }) => !controlPlane)
    .map(({ name, addresses }): NodeRecord => {
      const ips = addresses.filter(looksLikeIp).map(canonicalHost);
      return { name, nodename: name, names: [name], addresses: ips, role: 'worker', source: 'kubernetes' };
    })
    .filter(
      ({ names, addresses }) =>
        !names.some((name) => byName.find(name) !== undefined) &&
        !addresses.some((address) => nameless.find(address) !== undefined),
    );
  return { ...cluster, nodes: toNodes([...cluster.nodes, ...workers]), source: 'kubernetes', workersKnown: true };
}
