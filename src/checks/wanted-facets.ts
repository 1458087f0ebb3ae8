import type { CheckOptions } from '../inputs/options.ts';
import { isNodeFacet, type NodeFacetName } from '../observe/facets.ts';
import type { Check } from './check.ts';

/** What is asked of a node whatever is judged: whether it answers, and who it is. */
const always: readonly NodeFacetName[] = ['version', 'identity', 'services', 'nodename'];

/** What of a node has to be asked for so that each check that is enabled can judge it. */
export function wantedFacets(registry: readonly Check[], options: CheckOptions): ReadonlySet<NodeFacetName> {
  const enabled = registry.filter((check) => check.enabled?.(options) ?? true);
  const read = enabled.flatMap(({ reads, alsoReads }) => [...reads, ...alsoReads].filter(isNodeFacet));
  return new Set([...always, ...read]);
}
