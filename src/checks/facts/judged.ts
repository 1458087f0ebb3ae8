import type { CheckOptions } from '../../config/options.ts';
import type { ClusterNode } from '../../observe/cluster.ts';

/** The node goes by this name or address. */
export function isNode(node: ClusterNode, nameOrAddress: string): boolean {
  const sought = nameOrAddress.toLowerCase();
  return [node.name, node.address, ...node.addresses].some((known) => known.toLowerCase() === sought);
}

/** The node is one that the caller wants judged: any, unless `only-nodes` names some. */
export function judges(options: CheckOptions, node: ClusterNode): boolean {
  return options.onlyNodes.length === 0 || options.onlyNodes.some((name) => isNode(node, name));
}
