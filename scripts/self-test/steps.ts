import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { load } from 'js-yaml';

/** A step of a job, as far as the project's own workflow uses the syntax. */
interface Step {
  readonly name: string;
  readonly id?: string;
  readonly uses?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly run?: string;
  readonly 'continue-on-error'?: boolean;
}

/** Steps that say `node` mean this one. */
const path = `${dirname(process.execPath)}${delimiter}${process.env['PATH']}`;

/** What `steps.ID` holds in an expression. */
interface StepResult {
  readonly outputs: Readonly<Record<string, string>>;
  readonly outcome: 'success' | 'failure';
  readonly conclusion: 'success' | 'failure';
}

export interface Done {
  readonly name: string;
  readonly conclusion: 'success' | 'failure' | 'skipped';
  readonly outputs: StepResult['outputs'];
  readonly log: string;
}

/** Packages are already installed, and other actions only prepare the runner. */
const skipped = ({ run, uses }: Step): boolean => (run === undefined ? uses !== './' : run === 'npm ci');

/**
 * Runs the steps of a job one after another as a runner would, with the files
 * and variables that it gives them; `uses: ./` is dist/action.cjs. Stops after
 * the first failure.
 *
 * @param folder for the runner's files; it must exist
 */
export function runSteps(steps: readonly Step[], folder: string): readonly Done[] {
  const results: Record<string, StepResult> = {};
  const done: Done[] = [];
  mkdirSync(join(folder, 'commands'));
  for (const [index, step] of steps.entries()) {
    if (skipped(step)) {
      done.push({ name: step.name, conclusion: 'skipped', outputs: {}, log: '' });
      continue;
    }
    const { log, ...result } = runStep(step, results, folder, index);
    if (step.id !== undefined) results[step.id] = result;
    done.push({ name: step.name, conclusion: result.conclusion, outputs: result.outputs, log });
    if (result.conclusion === 'failure') break;
  }
  return done;
}

function runStep(step: Step, results: object, folder: string, index: number): StepResult & { readonly log: string } {
  const files = {
    GITHUB_OUTPUT: join(folder, 'commands', `output_${index}`),
    GITHUB_STEP_SUMMARY: join(folder, 'commands', `step_summary_${index}`),
  };
  for (const file of Object.values(files)) writeFileSync(file, '');
  const expand = (value: unknown): string => evaluate(String(value), results);
  const given = Object.entries(step.env ?? {}).map(([name, value]) => [name, expand(value)]);
  const inputs = Object.entries(step.with ?? {}).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, expand(value)]);
  const { status, stdout, stderr } = spawnSync(
    step.run === undefined ? process.execPath : 'bash',
    step.run === undefined ? [join('dist', 'action.cjs')] : ['-eo', 'pipefail', '-c', step.run],
    {
      encoding: 'utf8',
      env: { PATH: path, RUNNER_TEMP: folder, ...files, ...Object.fromEntries([...given, ...inputs]) },
    },
  );
  const outcome = status === 0 ? 'success' : 'failure';
  const conclusion = step['continue-on-error'] === true ? 'success' : outcome;
  return { outputs: readOutputs(readFileSync(files.GITHUB_OUTPUT, 'utf8')), outcome, conclusion, log: stdout + stderr };
}

/** `${{ steps.a.outputs.b }}` and `${{ toJSON(steps.a) }}`: more the workflow does not use. */
function evaluate(text: string, steps: object): string {
  return text.replace(/\$\{\{\s*(.*?)\s*\}\}/g, (_, expression: string) => {
    const json = /^toJSON\((.*)\)$/.exec(expression)?.[1];
    const value = (json ?? expression)
      .split('.')
      .reduce<unknown>((from, key) => new Map(Object.entries(Object(from))).get(key), { steps });
    if (value === undefined) throw new Error(`the expression ${expression} is not understood, or has no value`);
    return json === undefined ? String(value) : JSON.stringify(value);
  });
}

/** `name=value` in one line, or `name<<delimiter`, the value, and the delimiter. */
function readOutputs(text: string): Readonly<Record<string, string>> {
  const entries = text.matchAll(/^([\w-]+)(?:=(.*)|<<(.*)\n([\s\S]*?)\n?\3)$/gm);
  return Object.fromEntries([...entries].map(([, name, line, , block]) => [name, line ?? block ?? '']));
}

/** @throws {Error} where the file has no such job with steps */
export function stepsOf(workflow: string, job: string): readonly Step[] {
  const document = load(readFileSync(workflow, 'utf8'));
  const steps = ['jobs', job, 'steps'].reduce<unknown>(
    (from, key) => new Map(Object.entries(Object(from))).get(key),
    document,
  );
  if (!Array.isArray(steps)) throw new Error(`${workflow} has no job ${job} with steps`);
  return steps;
}
