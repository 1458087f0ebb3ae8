import type { FacetDefinition } from './definition.ts';
import type { Facet } from './facet.ts';

/**
 * Reads a facet that most clusters do not have, from few nodes of a large one.
 *
 * @param kind the same for nodes that are samples for each other
 */
export type AskRarely = (
  node: string,
  kind: string,
  definition: FacetDefinition,
  ask: () => Promise<Facet<unknown>>,
) => Promise<Facet<unknown>>;

/**
 * For one observation. If the first node of a role has nothing of the sort, the others with the same volumes are not
 * asked, and that is their answer: they have nearly the same configuration. Otherwise, and if it does not answer, each
 * node is asked.
 */
export function openRareFacets(): AskRarely {
  const first = new Map<string, { readonly name: string; readonly answer: Promise<Facet<unknown>> }>();
  return async (name, kind, { source, isAbsent }, ask) => {
    const key = `${source} ${kind}`;
    const sample = first.get(key);
    if (sample === undefined || isAbsent === undefined) {
      const answer = ask();
      first.set(key, { name, answer });
      return await answer;
    }
    const answer = await sample.answer;
    return answer.ok && isAbsent(answer.value) ? notAsked(sample.name, answer.at) : await ask();
  };
}

function notAsked(sample: string, at: number): Facet<unknown> {
  const message = `in a cluster of this size, one node of a role and with the same volumes is asked first: ${sample} has nothing of the kind`;
  return { ok: false, error: { kind: 'not-found', layer: 'node', code: 'NOT_FOUND', message }, at };
}
