import { spawn } from 'node:child_process';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What a process left behind. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface Running {
  readonly ended: Promise<Ended>;
  /** Resolves once standard output or error holds this text. */
  seen(text: string): Promise<void>;
  kill(signal: NodeJS.Signals): void;
}

/** Runs a bundle of dist/ with this Node, and with no environment but the given one. */
export function start(bundle: string, args: readonly string[], env: Readonly<Record<string, string>>): Running {
  const child = spawn(process.execPath, [join('dist', bundle), ...args], {
    env: { ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  const waiting = new Map<string, () => void>();
  const tell = (): void => {
    for (const [text, resolve] of waiting) {
      if (stdout.includes(text) || stderr.includes(text)) {
        resolve();
      }
    }
  };
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk;
    tell();
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk;
    tell();
  });
  return {
    ended: new Promise((resolve) => child.on('close', (code) => resolve({ code, stdout, stderr }))),
    seen: (text) =>
      new Promise((resolve) => {
        waiting.set(text, resolve);
        tell();
      }),
    kill: (signal) => child.kill(signal),
  };
}

export const runCli = (args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> =>
  start('cli.cjs', args, env).ended;

/** An action's run, with the files that a runner gives it. */
export interface ActionRun extends Ended {
  readonly outputs: Readonly<Record<string, string>>;
  readonly summary: string;
  /** The folder that the runner would empty after the job. */
  readonly temp: string;
}

export interface RunningAction {
  readonly ended: Promise<ActionRun>;
  seen(text: string): Promise<void>;
  kill(signal: NodeJS.Signals): void;
}

/** Starts dist/action.cjs as a runner would: inputs as `INPUT_…`, files for outputs and summary. */
export async function startAction(
  inputs: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string>> = {},
): Promise<RunningAction> {
  const temp = await mkdtemp(join(tmpdir(), 'talos-health-e2e-'));
  const files = { GITHUB_OUTPUT: join(temp, 'output'), GITHUB_STEP_SUMMARY: join(temp, 'summary') };
  await Promise.all(Object.values(files).map((file) => writeFile(file, '')));
  const given = Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]);
  const running = start('action.cjs', [], { RUNNER_TEMP: temp, ...files, ...Object.fromEntries(given), ...env });
  return {
    ...running,
    ended: running.ended.then(async (ended) => ({
      ...ended,
      temp,
      outputs: parseOutputs(await readFile(files.GITHUB_OUTPUT, 'utf8')),
      summary: await readFile(files.GITHUB_STEP_SUMMARY, 'utf8'),
    })),
  };
}

export const runAction = async (
  inputs: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string>> = {},
): Promise<ActionRun> => (await startAction(inputs, env)).ended;

/** Outputs are written as `name<<delimiter`, the value, and the delimiter. */
function parseOutputs(text: string): Readonly<Record<string, string>> {
  const entries = text.matchAll(/^([\w-]+)<<(.*)\n([\s\S]*?)\n?\2$/gm);
  return Object.fromEntries([...entries].map(([, name, , value]) => [name, value]));
}
