import type { CheckOptions } from '../inputs/options.ts';
import { isNodeFacet, type NodeFacetName } from '../observe/facets.ts';
import type { Check } from './check.ts';

/** Read from every node, whichever checks are enabled: whether it answers, and which machine it is. */
const always: readonly NodeFacetName[] = ['version', 'identity', 'services', 'nodename'];

/** The facets of nodes that the enabled checks read. */
export function wantedFacets(registry: readonly Check[], options: CheckOptions): ReadonlySet<NodeFacetName> {
  const enabled = registry.filter((check) => check.enabled?.(options) ?? true);
  const read = enabled.flatMap(({ reads, alsoReads }) => [...reads, ...alsoReads].filter(isNodeFacet));
  return new Set([...always, ...read]);
}
