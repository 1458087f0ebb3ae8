import { type Parsed, quote, refuse } from './problem.ts';
import { ok } from './result.ts';

/** Parses a whole number from 0 to `max`. */
export function parseNumber(text: string, max: number): Parsed<number> {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : undefined;
  return value === undefined || value > max ? refuse(`a whole number from 0 to ${max}`, quote(text)) : ok(value);
}
