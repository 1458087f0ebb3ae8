import type { Failure } from '../talos/failure.ts';
import type { Result } from '../values/result.ts';

/** One thing asked, with what came. `at` is when it came, in epoch milliseconds. */
export type Facet<T> = Result<T, Failure> & { readonly at: number };

/** With what came last in this run, if now nothing comes: what was seen to be wrong is so until it is seen to be right. */
export type RememberedFacet<T> = Facet<T> & { readonly last?: T };

/** Stands for an answer that nobody has asked for yet. */
export const notQueried: Facet<never> & { readonly ok: false } = {
  ok: false,
  error: { kind: 'other', layer: 'endpoint', code: 'UNAVAILABLE', message: 'not queried yet' },
  at: 0,
};
