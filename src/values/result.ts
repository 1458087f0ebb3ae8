/** A value, or the reason why there is none. */
export type Result<T, E> = { readonly ok: true; readonly value: T } | Err<E>;

export interface Err<E> {
  readonly ok: false;
  readonly error: E;
}

export function ok<T>(value: T): Result<T, never> {
  return { ok: true, value };
}

export function err<E>(error: E): Err<E> {
  return { ok: false, error };
}
