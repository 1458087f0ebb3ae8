import { looksSecret, type Problem, quote, unknownName } from '../values/problem.ts';
import { suggest } from '../values/suggest.ts';
import type { Input } from './input.ts';
import { flagInputs, inputs } from './table.ts';

interface Flag {
  readonly type: 'boolean' | 'string';
  readonly short?: string;
}

/** Unsupported flags of `talosctl health`, each with the reason. */
export const unsupported: ReadonlyMap<string, Flag & { readonly why: string }> = new Map([
  ['run-e2e', { type: 'boolean', why: 'the gate runs no end-to-end tests' }],
  [
    'siderov1-keys-dir',
    { type: 'string', why: 'of Sidero Omni, the gate uses service accounts, not keys of a login in a browser' },
  ],
]);

/** The flags by name, in the form that `parseArgs` of Node takes. */
export const flags: Readonly<Record<string, Flag>> = {
  ...Object.fromEntries(flagInputs.map((input) => [input.name, flagOf(input)])),
  ...Object.fromEntries([...unsupported].map(([name, { why: _, ...flag }]) => [name, flag])),
  'init-node': { type: 'string' },
  server: { type: 'boolean' },
  scenario: { type: 'string' },
  to: { type: 'string' },
  'kubernetes-to': { type: 'string' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'V' },
};

function flagOf({ kind, short }: Input): Flag {
  return { type: kind === 'boolean' ? 'boolean' : 'string', ...(short !== undefined && { short }) };
}

/** Ignores inherited properties such as `constructor`. */
export function flagNamed(name: string): Flag | undefined {
  return Object.hasOwn(flags, name) ? flags[name] : undefined;
}

/** `summary` for `no-summary`; undefined if the name is not the negation of a boolean flag. */
export function negated(name: string): string | undefined {
  const positive = name.replace(/^no-/, '');
  return positive !== name && flagNamed(positive)?.type === 'boolean' ? positive : undefined;
}

/** Candidates for a mistyped flag. */
const names = [...flagInputs.map(({ name }) => name), 'server', 'help', 'version', 'scenario', 'to', 'kubernetes-to'];
const negations = names.map((name) => `no-${name}`).filter((name) => negated(name) !== undefined);

/** @param flag as given, without its value */
export function unknownFlag(flag: string): Problem {
  const name = flag.replace(/^--?/, '');
  if (inputs.some((input) => input.name === name && 'actionOnly' in input)) {
    return unknownName(flag, 'flag', 'it is an input of the action only: talos-health --help says what is used here');
  }
  const guess = suggest(name, name.startsWith('no-') ? [...negations, ...names] : names);
  const hint = guess === undefined ? 'talos-health --help lists the flags' : `did you mean --${guess}?`;
  return unknownName(/^--?[\w-]{1,40}$/.test(flag) && !looksSecret(flag) ? flag : quote(flag), 'flag', hint);
}
