import type { CheckOptions } from '../inputs/options.ts';
import { type KubernetesFacetName, kubernetesFacetOf } from '../observe/facets/kubernetes.ts';
import { isNodeFacet, type NodeFacetName } from '../observe/facets/table.ts';
import type { Check, Reading } from './check.ts';
import { inventoryFacets } from './facts/inventory.ts';

/**
 * Read from every node, whichever checks are enabled: whether it answers, which machine it is, and whether it has left: then
 * it is no member of etcd any more.
 */
const always: readonly NodeFacetName[] = ['version', 'identity', 'services', 'nodename', 'etcdMembers'];

/** The same: without discovery, the workers are those that Kubernetes lists. */
const alwaysOfKubernetes: readonly KubernetesFacetName[] = ['nodes'];

/**
 * The facets of nodes that the enabled checks read.
 *
 * @param reported whether the report is kept, for a later run to compare with: then also what an inventory is made of
 */
export function wantedFacets(
  registry: readonly Check[],
  options: CheckOptions,
  reported = false,
): ReadonlySet<NodeFacetName> {
  const read = readings(registry, options).filter(isNodeFacet);
  return new Set([...always, ...read, ...(reported ? inventoryFacets : [])]);
}

/** The facets of the Kubernetes API that the enabled checks read. */
export function wantedOfKubernetes(
  registry: readonly Check[],
  options: CheckOptions,
): ReadonlySet<KubernetesFacetName> {
  const read = readings(registry, options).flatMap((name) => kubernetesFacetOf(name) ?? []);
  return new Set([...alwaysOfKubernetes, ...read]);
}

function readings(registry: readonly Check[], options: CheckOptions): readonly Reading[] {
  const enabled = registry.filter(
    (check) => (check.enabled?.(options) ?? true) && options.policies.get(check.id)?.policy !== 'skip',
  );
  return enabled.flatMap(({ reads, alsoReads }) => [...reads, ...alsoReads]);
}
