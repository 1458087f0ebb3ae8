import type { Validity } from '../../values/validity.ts';

const day = 24 * 60 * 60 * 1000;

/** Minimum share of its lifetime that a short-lived certificate must have left. Talos renews those of pods, valid for 6 hours, one hour before they expire. */
const leastShare = 0.1;

/**
 * How long a certificate must still be valid, in milliseconds. If its lifetime is less than twice the limit, most of it
 * would be too short: then it is a share of the lifetime.
 */
export function leastLeft({ notBefore, notAfter }: Partial<Validity>, minDays: number): number {
  const limit = minDays * day;
  const lifetime = notBefore === undefined || notAfter === undefined ? Number.POSITIVE_INFINITY : notAfter - notBefore;
  return lifetime < 2 * limit ? leastShare * lifetime : limit;
}
