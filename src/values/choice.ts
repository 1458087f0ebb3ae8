import { type Parsed, quote, refuse } from './problem.ts';
import { ok } from './result.ts';
import { suggest } from './suggest.ts';

/** Parses one of these values, case-sensitively. */
export function parseChoice<T extends string>(text: string, choices: readonly T[]): Parsed<T> {
  const choice = choices.find((candidate) => candidate === text);
  if (choice !== undefined) return ok(choice);
  const guess = suggest(text.toLowerCase(), choices);
  return refuse(oneOf(choices), quote(text), guess && `did you mean ${guess}?`);
}

/** `a, b or c`. */
export function oneOf(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}
