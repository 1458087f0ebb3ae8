import { accept, type Parsed, quote, refuse } from './problem.ts';
import { suggest } from './suggest.ts';

const outputs = ['text', 'json'] as const;

/** What standard output of the command line holds. */
export type Output = (typeof outputs)[number];

export function parseOutput(text: string): Parsed<Output> {
  const output = outputs.find((one) => one === text);
  if (output !== undefined) {
    return accept(output);
  }
  const guess = suggest(text.toLowerCase(), outputs);
  return refuse('text or json', quote(text), guess && `did you mean ${guess}?`);
}
