import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { load } from 'js-yaml';

/** A step of a job; only the syntax that the self-test workflow uses. */
interface Step {
  readonly name: string;
  readonly id?: string;
  readonly uses?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly run?: string;
  readonly 'continue-on-error'?: boolean;
}

/** Steps that run `node` get this one. */
const path = `${dirname(process.execPath)}${delimiter}${process.env['PATH']}`;

/** The value of `steps.ID` in an expression. */
interface StepResult {
  readonly outputs: Readonly<Record<string, string>>;
  readonly outcome: 'success' | 'failure';
  readonly conclusion: 'success' | 'failure';
}

export interface FinishedStep {
  readonly name: string;
  readonly conclusion: 'success' | 'failure' | 'skipped';
  readonly outputs: StepResult['outputs'];
  readonly log: string;
}

/** Skips `npm ci`, because the packages are installed, and other actions, which only prepare the runner. */
const isSkipped = ({ run, uses }: Step): boolean => (run === undefined ? uses !== './' : run === 'npm ci');

/**
 * Runs the steps of a job in order, with the files and variables of a runner.
 * `uses: ./` runs dist/action.cjs. Stops after the first failure.
 *
 * @param folder an existing folder for the files of the runner
 */
export function runSteps(steps: readonly Step[], folder: string): readonly FinishedStep[] {
  const results: Record<string, StepResult> = {};
  const finished: FinishedStep[] = [];
  mkdirSync(join(folder, 'commands'));
  for (const [index, step] of steps.entries()) {
    if (isSkipped(step)) {
      finished.push({ name: step.name, conclusion: 'skipped', outputs: {}, log: '' });
      continue;
    }
    const { log, ...result } = runStep(step, results, folder, index);
    if (step.id !== undefined) results[step.id] = result;
    finished.push({ name: step.name, conclusion: result.conclusion, outputs: result.outputs, log });
    if (result.conclusion === 'failure') break;
  }
  return finished;
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

/** Evaluates `${{ steps.a.outputs.b }}` and `${{ toJSON(steps.a) }}`. The workflow uses no other expressions. */
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

/** Parses outputs: `name=value` on one line, or `name<<delimiter`, the value, and the delimiter. */
function readOutputs(text: string): Readonly<Record<string, string>> {
  const entries = text.matchAll(/^([\w-]+)(?:=(.*)|<<(.*)\n([\s\S]*?)\n?\3)$/gm);
  return Object.fromEntries([...entries].map(([, name, line, , block]) => [name, line ?? block ?? '']));
}

/** @throws {Error} if the workflow has no such job with steps */
export function stepsOf(workflow: string, job: string): readonly Step[] {
  const document = load(readFileSync(workflow, 'utf8'));
  const steps = ['jobs', job, 'steps'].reduce<unknown>(
    (from, key) => new Map(Object.entries(Object(from))).get(key),
    document,
  );
  if (!Array.isArray(steps)) throw new Error(`${workflow} has no job ${job} with steps`);
  return steps;
}
