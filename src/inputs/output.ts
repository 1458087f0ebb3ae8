import { parseChoice } from '../values/choice.ts';
import type { Parsed } from '../values/problem.ts';

const outputs = ['text', 'json'] as const;

/** The format of standard output. */
export type Output = (typeof outputs)[number];

export function parseOutput(text: string): Parsed<Output> {
  return parseChoice(text, outputs);
}

const listings = ['text', 'wide', 'json'] as const;

/** The format of the list of checks. */
export type Listing = (typeof listings)[number];

export function parseListing(text: string): Parsed<Listing> {
  return parseChoice(text, listings);
}
