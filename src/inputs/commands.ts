import { type Problem, quote } from '../values/problem.ts';
import { suggest } from '../values/suggest.ts';

/** The command to run. */
export type Order =
  | { readonly name: 'gate' | 'demo' | 'checks' }
  /** The id as given; it is not validated here. */
  | { readonly name: 'explain'; readonly check: string };

const orders = ['demo', 'checks', 'explain'] as const;

/** The scenario of a demo without `--scenario`. */
export const defaultScenario = 'bootstrap';

/**
 * Parses the positional arguments of a command line.
 *
 * @param command the arguments after `--`; undefined if there is no `--`
 */
export function readWords(
  words: readonly string[],
  command: readonly string[] | undefined,
): { readonly order: Order; readonly problems: readonly Problem[] } {
  const [first, second, ...others] = words;
  const more = second === undefined ? others : [second, ...others];
  const problems = commandProblems(first, command);
  if (first === 'explain') {
    const missing = second === undefined ? [noCheck] : [];
    return {
      order: { name: first, check: second ?? '' },
      problems: [...missing, ...others.map(unexpectedWord), ...problems],
    };
  }
  if (first === 'demo' || first === 'checks') {
    return { order: { name: first }, problems: [...more.map(unexpectedWord), ...problems] };
  }
  return { order: { name: 'gate' }, problems: [...words.map(unexpectedWord), ...problems] };
}

const noCheck: Problem = {
  input: 'arguments',
  expected: 'the id of a check after explain',
  got: 'nothing',
  hint: 'talos-health checks lists them',
};

function commandProblems(first: string | undefined, command: readonly string[] | undefined): readonly Problem[] {
  if (command === undefined) return [];
  if (command.length === 0) {
    const hint = 'talos-health [flags] -- COMMAND ARG...';
    return [{ input: 'arguments', expected: 'a command after --', got: 'nothing', hint }];
  }
  return first === 'checks' || first === 'explain'
    ? [{ input: 'arguments', expected: `${first} without a command`, got: 'a command after --' }]
    : [];
}

function unexpectedWord(word: string): Problem {
  return {
    input: 'arguments',
    expected: 'flags, or one of the commands demo, checks and explain',
    got: quote(word),
    hint: hintFor(word),
  };
}

function hintFor(word: string): string {
  if (/^(true|false)$/i.test(word)) {
    return `write the value of a boolean flag after an equals sign: --summary=${word.toLowerCase()}`;
  }
  if (word === 'health') return 'leave it out: the gate needs no command';
  const guess = suggest(word, orders);
  return guess === undefined ? 'talos-health --help lists the flags' : `did you mean ${guess}?`;
}
