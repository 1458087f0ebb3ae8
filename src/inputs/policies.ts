import { oneOf, parseChoice } from '../values/choice.ts';
import { type Parsed, quote, refuse } from '../values/problem.ts';
import { ok } from '../values/result.ts';
import { suggest } from '../values/suggest.ts';
import { parseDocument } from '../values/yaml.ts';
import { type Profile, profiles } from './profiles.ts';
import type { InputReader } from './reader.ts';

/** The stages and checks that inputs may select. */
export interface Catalogue {
  /** In their order. */
  readonly stages: readonly string[];
  readonly checks: readonly { readonly id: string; readonly stage: string }[];
  /** The stage whose checks cannot be skipped: all other checks depend on it. */
  readonly indispensable: string;
}

/** How a check is treated, if it is not simply required. */
export interface CheckPolicy {
  /**
   * - `skip`: it is not evaluated.
   * - `warn`: its faults are warnings.
   * - `strict`: its warnings count as faults.
   */
  readonly policy: 'skip' | 'warn' | 'strict';
  readonly input: 'checks' | 'until' | 'profile';
  /** The source for messages: `the input checks`. */
  readonly by: string;
}

/** The last stage to evaluate, and the input that sets it. */
export interface Until {
  readonly stage: string;
  readonly input: 'until' | 'profile';
}

/** By the id of the check; a check without a policy is required. */
export type Policies = ReadonlyMap<string, CheckPolicy>;

const words = ['fail', 'warn', 'skip'] as const;
type Word = (typeof words)[number];

/** The policies of `checks`, `until` and the profile. A policy for a check takes precedence, then an input over the profile. */
export function readPolicies(
  reader: InputReader,
  profile: Profile,
  catalogue: Catalogue,
): { readonly policies: Policies; readonly until?: Until } {
  const until = reader.given('until') ? reader.take('until', parseStage(reader.text('until'), catalogue)) : undefined;
  const checks = readChecks(reader, catalogue);
  for (const { id, stage } of catalogue.checks) {
    const said = checks.get(id);
    if (until !== undefined && isAfter(stage, until, catalogue) && (said === 'fail' || said === 'warn')) {
      const expected = `checks of the stages up to ${until}, where the input until ends`;
      reader.take('checks', refuse(expected, `${id}: ${said}, of the stage ${stage}`));
    }
  }
  const policies = new Map(
    catalogue.checks.flatMap(({ id, stage }) => {
      const policy = policyOf(id, stage, { checks, until, profile, catalogue });
      return policy === undefined ? [] : [[id, policy] as const];
    }),
  );
  const last = until ?? profiles[profile].until;
  return {
    policies,
    ...(last !== undefined && { until: { stage: last, input: until === undefined ? 'profile' : 'until' } }),
  };
}

interface Said {
  readonly checks: ReadonlyMap<string, Word>;
  readonly until: string | undefined;
  readonly profile: Profile;
  readonly catalogue: Catalogue;
}

function policyOf(id: string, stage: string, { checks, until, profile, catalogue }: Said): CheckPolicy | undefined {
  const said = checks.get(id);
  if (said !== undefined) {
    return said === 'fail' ? undefined : { policy: said, input: 'checks', by: 'the input checks' };
  }
  if (until !== undefined && isAfter(stage, until, catalogue)) {
    return { policy: 'skip', input: 'until', by: `the input until, which ends with ${until}` };
  }
  const preset = profiles[profile];
  const left = until === undefined && preset.until !== undefined && isAfter(stage, preset.until, catalogue);
  const policy = left ? 'skip' : preset.checks.get(id);
  return policy && { policy, input: 'profile', by: `the profile ${profile}` };
}

function isAfter(stage: string, until: string, { stages }: Catalogue): boolean {
  return stages.indexOf(stage) > stages.indexOf(until);
}

function parseStage(text: string, { stages, checks }: Catalogue): Parsed<string> {
  const parsed = parseChoice(text, stages);
  const check = checks.find(({ id }) => id === text);
  if (parsed.ok || check === undefined) return parsed;
  return refuse(oneOf(stages), quote(text), `that is a check, of the stage ${check.stage}`);
}

function readChecks(reader: InputReader, catalogue: Catalogue): ReadonlyMap<string, Word> {
  const expected = 'a YAML map of check ids to fail, warn or skip, such as {disk: warn, diagnostics: skip}';
  const document = reader.given('checks')
    ? reader.take('checks', withoutTransportHint(parseDocument(reader.text('checks'), expected)))
    : undefined;
  const said = new Map<string, Word>();
  for (const [id, value] of document ?? []) {
    const known = reader.take('checks', knownCheck(id, catalogue));
    const word = reader.take('checks', policyWord(id, value));
    if (known === undefined || word === undefined) continue;
    if (known.stage === catalogue.indispensable && word !== 'fail') {
      const why = `${id} to be left out or fail: without it nothing that the others say can be relied on`;
      reader.take('checks', refuse(why, `${id}: ${word}`));
    }
    said.set(id, word);
  }
  return said;
}

function withoutTransportHint<T>(parsed: Parsed<T>): Parsed<T> {
  return parsed.ok ? parsed : refuse(parsed.error.expected, parsed.error.got);
}

function knownCheck(id: string, { checks, indispensable }: Catalogue): Parsed<Catalogue['checks'][number]> {
  const check = checks.find((one) => one.id === id);
  if (check !== undefined) return ok(check);
  // Checks that cannot be skipped are not suggested.
  const ids = checks.filter(({ stage }) => stage !== indispensable).map((one) => one.id);
  const guess = suggest(id.toLowerCase(), ids);
  const hint = guess === undefined ? 'talos-health checks lists them' : `did you mean ${guess}?`;
  return refuse('the id of a check', quote(id), hint);
}

function policyWord(id: string, value: unknown): Parsed<Word> {
  const parsed = parseChoice(typeof value === 'string' ? value : '', words);
  if (parsed.ok) return parsed;
  const got = typeof value === 'string' ? parsed.error.got : 'something else than a word';
  return refuse(`${quote(id)} to be ${parsed.error.expected}`, got, parsed.error.hint);
}
