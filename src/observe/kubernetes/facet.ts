import type { Answer } from '../../kubernetes/model.ts';
import type { Failure } from '../../talos/failure.ts';
import type { Facet } from '../facets/facet.ts';
import { truncateTexts } from '../truncate.ts';

/** Converts an answer of an API server to a facet. */
export function facetOf<T>(answer: Answer<T>, server: string, at: number): Facet<T> {
  if (answer.ok) {
    return { ok: true, value: truncateTexts(answer.value), at };
  }
  const { kind, code, message } = answer.error;
  const layer: Failure['layer'] = kind === 'not-authorized' ? 'caller' : 'node';
  return { ok: false, error: { kind, layer, code, message: truncateTexts({ message }).message, endpoint: server }, at };
}
