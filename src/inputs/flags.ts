import { parseArgs } from 'node:util';
import { type Problem, quote } from '../values/problem.ts';
import { suggest } from '../values/suggest.ts';
import { type Order, readWords } from './commands.ts';
import type { Input } from './input.ts';
import { flagInputs, type RawInputs } from './table.ts';

/** A parsed command line. `parseOptions` validates the values of inputs. */
export interface CommandLine {
  readonly order: Order;
  readonly help: boolean;
  readonly version: boolean;
  /** The scenario of `demo`. */
  readonly scenario?: string;
  /** The command after `--` to run if the cluster is healthy, with its arguments. */
  readonly command?: readonly string[];
  readonly raw: RawInputs;
  readonly problems: readonly Problem[];
}

interface Unfollowed {
  readonly type: 'boolean' | 'string';
  readonly short?: string;
  readonly why: string;
}

/** Unsupported flags of `talosctl health`, each with the reason. */
const unfollowed = new Map<string, Unfollowed>([
  ['run-e2e', { type: 'boolean', why: 'the gate runs no end-to-end tests' }],
  ['cluster', { type: 'string', short: 'c', why: 'the gate asks one cluster, through its own endpoints' }],
  [
    'siderov1-keys-dir',
    { type: 'string', why: 'the gate logs in with the certificate of the talosconfig, not with keys of Sidero Omni' },
  ],
]);

type ArgsOptions = Readonly<Record<string, { readonly type: 'boolean' | 'string'; readonly short?: string }>>;

const flags: ArgsOptions = {
  ...Object.fromEntries(flagInputs.map((input) => [input.name, argsOption(input)])),
  ...Object.fromEntries([...unfollowed].map(([name, { why: _, ...option }]) => [name, option])),
  'init-node': { type: 'string' },
  server: { type: 'boolean' },
  scenario: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'V' },
};

/** Candidates for a mistyped flag. */
const meant = [...flagInputs.map(({ name }) => name), 'server', 'help', 'version', 'scenario'];

function argsOption({ kind, short }: Input): ArgsOptions[string] {
  return { type: kind === 'boolean' ? 'boolean' : 'string', ...(short !== undefined && { short }) };
}

/**
 * Parses a command line. Flags have the names of the inputs or of `talosctl
 * health`. Repeated lists are appended; of other repeated flags the last one applies.
 */
export function parseFlags(args: readonly string[]): CommandLine {
  const { tokens } = parseArgs({
    args: [...args],
    options: flags,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const end = tokens.findIndex(({ kind }) => kind === 'option-terminator');
  const terminator = tokens[end];
  const own = terminator === undefined ? tokens : tokens.slice(0, end);
  const words = own.flatMap((token, index) =>
    token.kind === 'positional' && !followsUnknownFlag(own[index - 1]) ? [token.value] : [],
  );
  const options = own.flatMap((token) => (token.kind === 'option' ? [readOption(token)] : []));
  const given = options.flatMap((option) => ('problem' in option ? [] : [option]));
  const has = (name: string) => given.some((option) => option.name === name);
  const command = terminator && args.slice(terminator.index + 1);
  const { order, problems } = readWords(words, command);
  const scenario = given.findLast(({ name }) => name === 'scenario')?.value;
  return {
    order,
    help: has('help'),
    version: has('version'),
    ...(scenario !== undefined && { scenario }),
    ...(command !== undefined && { command }),
    raw: Object.fromEntries(flagInputs.flatMap((input) => rawInput(input, given))),
    problems: [
      ...problems,
      ...options.flatMap((option) => ('problem' in option ? [option.problem] : [])),
      ...(scenario !== undefined && order.name !== 'demo' ? [scenarioWithoutDemo] : []),
    ],
  };
}

/** An argument after an unknown flag is its value, and not a second problem. */
function followsUnknownFlag(before: { readonly kind: string; readonly name?: string } | undefined): boolean {
  return before?.kind === 'option' && before.name !== undefined && flagNamed(before.name) === undefined;
}

/** One flag as given; without a value it means `true`. */
type GivenFlag = NamedValue | { readonly problem: Problem };

interface NamedValue {
  readonly name: string;
  readonly value: string;
}

interface OptionToken {
  readonly name: string;
  readonly rawName: string;
  readonly value?: string | undefined;
  readonly inlineValue?: boolean | undefined;
}

function readOption({ name, rawName, value, inlineValue }: OptionToken): GivenFlag {
  const negated = name.replace(/^no-/, '');
  if (negated !== name && value === undefined && flagNamed(negated)?.type === 'boolean') {
    return readOption({ name: negated, rawName, value: 'false', inlineValue: true });
  }
  const flag = flagNamed(name);
  const shown = /^--?[\w-]{1,40}$/.test(rawName) ? rawName : quote(rawName);
  if (flag === undefined) {
    const guess = suggest(name, meant);
    const hint = guess === undefined ? 'talos-health --help lists the flags' : `did you mean --${guess}?`;
    return { problem: { input: shown, expected: 'a flag that exists', got: 'an unknown one', hint } };
  }
  const why = unfollowed.get(name)?.why;
  if (why !== undefined && !(flag.type === 'boolean' && value === 'false')) {
    return {
      problem: { input: shown, expected: 'it to be left out', got: `a flag of talosctl that does not apply: ${why}` },
    };
  }
  if (flag.type === 'boolean') return { name, value: value ?? 'true' };
  // If the next argument is a flag, the value is missing.
  if (value === undefined || (inlineValue === false && /^-\D/.test(value))) {
    const got = value === undefined ? 'nothing' : `the flag ${quote(value)}`;
    return { problem: { input: shown, expected: 'a value', got, hint: `write ${shown}=VALUE` } };
  }
  // Go's flags allow `-e=10.0.0.1`; Node includes the equals sign in the value.
  return { name, value: rawName.startsWith('--') ? value : value.replace(/^=/, '') };
}

/** Ignores inherited properties such as `constructor`. */
function flagNamed(name: string) {
  return Object.hasOwn(flags, name) ? flags[name] : undefined;
}

/** Flags of talosctl that map to another input: `control-planes` and `mode`. */
function asInput({ name, value }: NamedValue): NamedValue {
  if (name === 'init-node') return { name: 'control-plane-nodes', value };
  if (name !== 'server') return { name, value };
  return { name: 'mode', value: /^true$/i.test(value) ? 'server' : /^false$/i.test(value) ? 'client' : value };
}

function rawInput(input: Input, given: readonly NamedValue[]) {
  const values = given
    .map(asInput)
    .filter(({ name }) => name === input.name)
    .map(({ value }) => value);
  if (values.length === 0) return [];
  return [[input.name, input.kind === 'list' ? values.join(',') : values.at(-1)] as const];
}

const scenarioWithoutDemo: Problem = {
  input: '--scenario',
  expected: 'the word demo before it',
  got: 'a scenario for a real cluster',
  hint: 'talos-health demo --scenario NAME',
};
