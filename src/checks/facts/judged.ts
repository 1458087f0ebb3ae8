import { matchesGlob } from '../../config/glob.ts';
import type { CheckOptions } from '../../config/options.ts';
import type { ClusterNode } from '../../observe/cluster.ts';

const namesOf = ({ name, address, addresses }: ClusterNode): readonly string[] => [name, address, ...addresses];

/** The node goes by this name or address. */
export function isNode(node: ClusterNode, nameOrAddress: string): boolean {
  const sought = nameOrAddress.toLowerCase();
  return namesOf(node).some((known) => known.toLowerCase() === sought);
}

/** An entry of `only-nodes`: a role, a pattern of names or addresses, or one of these. */
export function isSelected(node: ClusterNode, selector: string): boolean {
  if (selector === 'controlplane' || selector === 'worker') {
    return node.role === selector;
  }
  return /[*?]/.test(selector)
    ? namesOf(node).some((known) => matchesGlob(known.toLowerCase(), selector))
    : isNode(node, selector);
}

/** The node is one that the caller wants judged: any, unless `only-nodes` names some. */
export function judges(options: CheckOptions, node: ClusterNode): boolean {
  return options.onlyNodes.length === 0 || options.onlyNodes.some((selector) => isSelected(node, selector));
}
