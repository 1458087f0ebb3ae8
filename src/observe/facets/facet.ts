import type { Failure } from '../../talos/failure.ts';
import type { Result } from '../../values/result.ts';

/** The result of one query. `at` is when it arrived, in epoch milliseconds. */
export type Facet<T> = Result<T, Failure> & { readonly at: number };

/**
 * With the last value of this run if there is none now: a fault that was observed remains until it is observed to be
 * resolved.
 */
export type RememberedFacet<T> = Facet<T> & { readonly last?: T };

/** Placeholder until the first query. */
export const notQueried: Facet<never> & { readonly ok: false } = {
  ok: false,
  error: { kind: 'other', layer: 'endpoint', code: 'UNAVAILABLE', message: 'not queried yet' },
  at: 0,
};
