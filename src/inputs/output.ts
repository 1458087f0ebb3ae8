import { parseChoice } from '../values/choice.ts';
import type { Parsed } from '../values/problem.ts';

const outputs = ['text', 'json'] as const;

/** The format of standard output. */
export type Output = (typeof outputs)[number];

export function parseOutput(text: string): Parsed<Output> {
  return parseChoice(text, outputs);
}
