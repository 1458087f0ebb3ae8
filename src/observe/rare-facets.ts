import type { Role } from './cluster.ts';
import type { Facet } from './facet.ts';
import type { FacetDefinition } from './facet-definition.ts';

/** Reads a facet that most clusters do not have, from few nodes of a large one. */
export type AskRarely = (
  role: Role,
  definition: FacetDefinition,
  ask: () => Promise<Facet<unknown>>,
) => Promise<Facet<unknown>>;

/**
 * For one observation. The first node of each role that is asked answers for the others if it has nothing of the kind: the nodes of a role
 * have nearly the same configuration. Otherwise, and if it does not answer, each node is asked.
 */
export function openRareFacets(): AskRarely {
  const first = new Map<string, Promise<Facet<unknown>>>();
  return async (role, { source, isAbsent }, ask) => {
    const key = `${role} ${source}`;
    const known = first.get(key);
    if (known === undefined || isAbsent === undefined) {
      const answer = ask();
      first.set(key, answer);
      return await answer;
    }
    const answer = await known;
    return answer.ok && isAbsent(answer.value) ? answer : await ask();
  };
}
