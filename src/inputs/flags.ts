import { parseArgs } from 'node:util';
import { type Problem, quote } from '../values/problem.ts';
import { type Order, readWords } from './commands.ts';
import { flagNamed, flags, negated, unknownFlag, unsupported } from './flag-table.ts';
import type { Input } from './input.ts';
import { flagInputs, type InputName, type RawInputs } from './table.ts';

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
  /** Without those of arguments if one of them may be the value of a flag that is unknown or has no value. */
  readonly problems: readonly Problem[];
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
  const words = own.flatMap((token) => (token.kind === 'positional' ? [token.value] : []));
  const unknown = unknownFlags(own, args);
  const options = own.flatMap((token) =>
    token.kind === 'option' && !unknown.has(token.index) ? [readOption(token)] : [],
  );
  const given = options.flatMap((option) => ('problem' in option ? [] : [option]));
  const has = (name: string) => given.some((option) => option.name === name);
  const command = terminator && args.slice(terminator.index + 1);
  const { order, problems } = readWords(words, command);
  const refused = options.flatMap((option) => ('problem' in option ? [option] : []));
  const isClear = unknown.size === 0 && !refused.some(({ valueMissing }) => valueMissing);
  const scenario = given.findLast(({ name }) => name === 'scenario')?.value;
  return {
    order,
    help: has('help'),
    version: has('version'),
    ...(scenario !== undefined && { scenario }),
    ...(command !== undefined && { command }),
    raw: Object.fromEntries(flagInputs.flatMap((input) => rawInput(input, [...given, ...namedNodes(order)]))),
    problems: [
      ...(isClear ? problems : []),
      ...unknown.values(),
      ...refused.map(({ problem }) => problem),
      ...(isClear ? ofOtherCommands(order, has) : []),
    ],
  };
}

type Token = NonNullable<ReturnType<typeof parseArgs>['tokens']>[number];

/** The arguments with an unknown flag, by their index. An argument such as `-timeout` is one flag, and not seven letters. */
function unknownFlags(tokens: readonly Token[], args: readonly string[]): ReadonlyMap<number, Problem> {
  const problems = new Map<number, Problem>();
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    const [flag = ''] = (args[token.index] ?? '').split('=');
    const name = flag.replace(/^--?/, '');
    const oneHyphen = !flag.startsWith('--') && name.length > 1 && flagNamed(name) !== undefined;
    const known = flagNamed(token.name) !== undefined || negated(token.name) !== undefined;
    if (oneHyphen || !known) problems.set(token.index, unknownFlag(flag));
  }
  return problems;
}

/** One flag as given; without a value it means `true`. */
type GivenFlag = NamedValue | { readonly problem: Problem; readonly valueMissing?: true };

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
  const positive = negated(name);
  if (positive !== undefined) {
    const hint = `write --${positive}=BOOL`;
    return value === undefined
      ? { name: positive, value: 'false' }
      : { problem: { input: rawName, expected: 'no value', got: quote(value), hint } };
  }
  const isBoolean = flagNamed(name)?.type === 'boolean';
  const why = unsupported.get(name)?.why;
  if (why !== undefined && !(isBoolean && value === 'false')) {
    return {
      problem: { input: rawName, expected: 'it to be left out', got: `a flag of talosctl that does not apply: ${why}` },
    };
  }
  if (isBoolean) return { name, value: value ?? 'true' };
  // If the next argument is a flag, the value is missing.
  if (value === undefined || (inlineValue === false && /^-\D/.test(value))) {
    const got = value === undefined ? 'nothing' : `the flag ${quote(value)}`;
    return {
      problem: { input: rawName, expected: 'a value', got, hint: `write ${rawName}=VALUE` },
      valueMissing: true,
    };
  }
  // Go's flags allow `-e=10.0.0.1`; Node includes the equals sign in the value.
  return { name, value: rawName.startsWith('--') ? value : value.replace(/^=/, '') };
}

/** Flags of talosctl and of commands that stand for an input of another name. */
const inputOf: Readonly<Record<string, InputName>> = {
  'init-node': 'control-plane-nodes',
  to: 'upgrade-to',
  'kubernetes-to': 'upgrade-kubernetes-to',
};

function asInput({ name, value }: NamedValue): NamedValue {
  const input = inputOf[name];
  if (input !== undefined) return { name: input, value };
  if (name !== 'server') return { name, value };
  return { name: 'mode', value: /^true$/i.test(value) ? 'server' : /^false$/i.test(value) ? 'client' : value };
}

/** The arguments of a command that are the entries of an input. */
function namedNodes(order: Order): readonly NamedValue[] {
  return order.name === 'safe-to-reboot' ? order.nodes.map((value) => ({ name: order.name, value })) : [];
}

function rawInput(input: Input, given: readonly NamedValue[]) {
  const values = given
    .map(asInput)
    .filter(({ name }) => name === input.name)
    .map(({ value }) => value);
  if (values.length === 0) return [];
  return [[input.name, input.kind === 'list' ? values.join(',') : values.at(-1)] as const];
}

/** Flags that only one command has. */
const ofCommands: readonly (readonly [flag: string, Order['name'], got: string, hint: string])[] = [
  ['scenario', 'demo', 'a scenario for a real cluster', 'talos-health demo --scenario NAME'],
  ['to', 'preflight', 'a version without it', 'talos-health preflight --to VERSION'],
  ['kubernetes-to', 'preflight', 'a version without it', 'talos-health preflight --kubernetes-to VERSION'],
];

function ofOtherCommands(order: Order, has: (flag: string) => boolean): readonly Problem[] {
  return ofCommands
    .filter(([flag, name]) => has(flag) && order.name !== name)
    .map(([flag, name, got, hint]) => ({ input: `--${flag}`, expected: `the word ${name} before it`, got, hint }));
}
