import { parseArgs } from 'node:util';
import { type Input, inputs, type RawInputs } from './inputs.ts';
import { type Problem, quote } from './problem.ts';
import { suggest } from './suggest.ts';

/** What a command line says. Problems with the values of inputs are `parseOptions`'s. */
export interface CommandLine {
  readonly command: 'gate' | 'demo';
  readonly help: boolean;
  readonly version: boolean;
  /** Of `demo`: the name of the scenario. */
  readonly scenario?: string;
  readonly raw: RawInputs;
  readonly problems: readonly Problem[];
}

/** Flags of `talosctl health` that the gate knows and cannot follow, each with the reason. */
const unfollowed = new Map<string, { readonly type: 'boolean' | 'string'; readonly why: string }>([
  ['server', { type: 'boolean', why: 'the gate asks the nodes itself, as --server=false does' }],
  ['run-e2e', { type: 'boolean', why: 'the gate runs no end-to-end tests' }],
  ['k8s-endpoint', { type: 'string', why: 'the gate asks the Talos API only' }],
  ['cluster', { type: 'string', why: 'the gate asks one cluster, through its own endpoints' }],
]);

type ArgsOptions = Readonly<Record<string, { readonly type: 'boolean' | 'string'; readonly short?: string }>>;

const flags: ArgsOptions = {
  ...Object.fromEntries(inputs.map((input) => [input.name, argsOption(input)])),
  ...Object.fromEntries([...unfollowed].map(([name, { type }]) => [name, { type }])),
  'init-node': { type: 'string' },
  scenario: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'V' },
};

/** What a mistyped flag may have meant. */
const meant = [...inputs.map(({ name }) => name), 'help', 'version', 'scenario'];

function argsOption({ kind, short }: Input): ArgsOptions[string] {
  return { type: kind === 'boolean' ? 'boolean' : 'string', ...(short !== undefined && { short }) };
}

/**
 * The command line: flags named like the inputs, and like those of `talosctl
 * health`. A list that is given repeatedly adds up, of anything else the last one counts.
 */
export function parseFlags(args: readonly string[]): CommandLine {
  const { tokens } = parseArgs({
    args: [...args],
    options: flags,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const words = tokens.flatMap((token, index) =>
    token.kind === 'positional' && !followsUnknownFlag(tokens[index - 1]) ? [token.value] : [],
  );
  const options = tokens.flatMap((token) => (token.kind === 'option' ? [readOption(token)] : []));
  const given = options.flatMap((option) => ('problem' in option ? [] : [option]));
  const has = (name: string) => given.some((option) => option.name === name);
  const command = words[0] === 'demo' ? 'demo' : 'gate';
  const scenario = given.findLast(({ name }) => name === 'scenario')?.value;
  return {
    command,
    help: has('help'),
    version: has('version'),
    ...(scenario !== undefined && { scenario }),
    raw: Object.fromEntries(inputs.flatMap((input) => rawInput(input, given))),
    problems: [
      ...words.slice(command === 'demo' ? 1 : 0).map(unexpectedWord),
      ...options.flatMap((option) => ('problem' in option ? [option.problem] : [])),
      ...(scenario !== undefined && command !== 'demo' ? [scenarioWithoutDemo] : []),
    ],
  };
}

/** What stands behind a flag that does not exist is its value, and no second problem. */
function followsUnknownFlag(before: { readonly kind: string; readonly name?: string } | undefined): boolean {
  return before?.kind === 'option' && before.name !== undefined && flagNamed(before.name) === undefined;
}

/** One flag as it was given; a flag without a value says `true`. */
type GivenFlag = { readonly name: string; readonly value: string } | { readonly problem: Problem };

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
  // A value that follows and looks like a flag is one whose own value was forgotten.
  if (value === undefined || (inlineValue === false && /^-\D/.test(value))) {
    const got = value === undefined ? 'nothing' : `the flag ${quote(value)}`;
    return { problem: { input: shown, expected: 'a value', got, hint: `write ${shown}=VALUE` } };
  }
  // `-e=10.0.0.1` is how Go's flags may be written; Node takes the sign for a part of the value.
  return { name, value: rawName.startsWith('--') ? value : value.replace(/^=/, '') };
}

/** Not what every object inherits, such as `constructor`. */
function flagNamed(name: string) {
  return Object.hasOwn(flags, name) ? flags[name] : undefined;
}

/** `--init-node` is the old name of one more control plane. */
function rawInput(input: Input, given: readonly { readonly name: string; readonly value: string }[]) {
  const names = input.name === 'control-plane-nodes' ? [input.name, 'init-node'] : [input.name];
  const values = given.filter(({ name }) => names.includes(name)).map(({ value }) => value);
  if (values.length === 0) return [];
  return [[input.name, input.kind === 'list' ? values.join(',') : values.at(-1)] as const];
}

const scenarioWithoutDemo: Problem = {
  input: '--scenario',
  expected: 'the word demo before it',
  got: 'a scenario for a real cluster',
  hint: 'talos-health demo --scenario NAME',
};

function unexpectedWord(word: string): Problem {
  const hint = /^(true|false)$/i.test(word)
    ? `a boolean has its value behind an equals sign: --summary=${word.toLowerCase()}`
    : word === 'health'
      ? 'leave it out: the gate needs no command'
      : 'talos-health --help lists the flags';
  return { input: 'arguments', expected: 'flags, or the command demo first', got: quote(word), hint };
}
