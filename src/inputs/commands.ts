import { type Problem, quote } from '../values/problem.ts';
import { suggest } from '../values/suggest.ts';
import type { RawInputs } from './table.ts';

/** The command to run. */
export type Order =
  | { readonly name: 'gate' | 'demo' | 'checks' | 'preflight' }
  /** Names, addresses or ids of nodes. */
  | { readonly name: 'safe-to-reboot'; readonly nodes: readonly string[] }
  /** The id as given; it is not validated here. */
  | { readonly name: 'explain'; readonly check: string };

const orders = ['preflight', 'safe-to-reboot', 'demo', 'checks', 'explain'] as const;

/** The inputs that a command sets unless they are given: what is true now is what counts. */
export function presetOf({ name }: Order): RawInputs {
  return name === 'preflight' || name === 'safe-to-reboot' ? { 'wait-timeout': '0' } : {};
}

/** What a command lacks. */
export function missingInputs({ name }: Order, raw: RawInputs): readonly Problem[] {
  if (name === 'preflight') return raw['upgrade-to'] || raw['upgrade-kubernetes-to'] ? [] : [noTarget];
  return name === 'safe-to-reboot' && !raw['safe-to-reboot'] ? [noNode] : [];
}

const noNode: Problem = {
  input: 'arguments',
  expected: 'the name, address or id of a node after safe-to-reboot',
  got: 'nothing',
  hint: 'talos-health safe-to-reboot NODE...',
};

const noTarget: Problem = {
  input: 'arguments',
  expected: 'a version of Talos or Kubernetes after preflight',
  got: 'nothing',
  hint: 'talos-health preflight --to VERSION',
};

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
  if (first === 'safe-to-reboot') {
    return { order: { name: first, nodes: more }, problems };
  }
  if (first === 'demo' || first === 'checks' || first === 'preflight') {
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
    expected: 'flags, or one of the commands preflight, safe-to-reboot, demo, checks and explain',
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
