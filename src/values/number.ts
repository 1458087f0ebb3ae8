import { type Parsed, quote, refuse } from './problem.ts';
import { ok } from './result.ts';

/** A whole number from 0 to `most`. */
export function parseNumber(text: string, most: number): Parsed<number> {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : undefined;
  return value === undefined || value > most ? refuse(`a whole number from 0 to ${most}`, quote(text)) : ok(value);
}
