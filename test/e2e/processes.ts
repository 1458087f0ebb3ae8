import { spawn } from 'node:child_process';
import { chmodSync, readFileSync, statSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { temporaryFolder } from '../builders/folder.ts';
import { assertConsistentReport } from '../builders/schema.ts';

/** The result of a process. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface Running {
  readonly ended: Promise<Ended>;
  /** Resolves when standard output or standard error contains this text. */
  printed(text: string): Promise<void>;
  kill(signal: NodeJS.Signals): void;
}

/** The path of the report of the command line; undefined if there is none. */
function reportFileOf(args: readonly string[], env: Readonly<Record<string, string>>): string | undefined {
  const end = args.indexOf('--');
  const own = end < 0 ? args : args.slice(0, end);
  const flag = own.findIndex((arg) => arg === '--report-file' || arg.startsWith('--report-file='));
  const given = own[flag]?.includes('=') ? own[flag].slice('--report-file='.length) : own[flag + 1];
  return flag < 0 ? env['TALOS_HEALTH_REPORT_FILE'] : given;
}

/** Checks the report of every run, even if the test does not read it. */
function checkReport(path: string): void {
  // A pipe or a device is read by the test.
  if (statSync(path, { throwIfNoEntry: false })?.isFile()) {
    assertConsistentReport(readFileSync(path, 'utf8'));
  }
}

/**
 * Runs a bundle of dist/, or a copy of one, with this version of Node, and only with
 * this environment and the path of a report.
 */
export function start(
  bundle: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  uid?: number,
): Running {
  const isCli = basename(bundle) === 'cli.cjs';
  const folder = temporaryFolder();
  if (uid !== undefined) {
    chmodSync(folder, 0o777);
  }
  const reportFile = (isCli ? reportFileOf(args, env) : undefined) ?? join(folder, 'report.json');
  const child = spawn(process.execPath, [resolve('dist', bundle), ...args], {
    env: { ...(isCli && { TALOS_HEALTH_REPORT_FILE: reportFile }), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(uid !== undefined && { uid, gid: uid }),
  });
  let stdout = '';
  let stderr = '';
  const waiting = new Map<string, () => void>();
  const resolveWaiting = (): void => {
    for (const [text, resolve] of waiting) {
      if (stdout.includes(text) || stderr.includes(text)) {
        resolve();
      }
    }
  };
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk;
    resolveWaiting();
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk;
    resolveWaiting();
  });
  return {
    ended: new Promise<Ended>((done) => child.on('close', (code) => done({ code, stdout, stderr }))).then((end) => {
      checkReport(reportFile);
      return end;
    }),
    printed: (text) =>
      new Promise((done) => {
        waiting.set(text, done);
        resolveWaiting();
      }),
    kill: (signal) => child.kill(signal),
  };
}

export const runCli = (args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> =>
  start('cli.cjs', args, env).ended;

/** The result of an action, with the files of the runner. */
export interface ActionRun extends Ended {
  readonly outputs: Readonly<Record<string, string>>;
  readonly summary: string;
  /** The temporary folder, which a runner empties after the job. */
  readonly temp: string;
}

export interface RunningAction {
  readonly ended: Promise<ActionRun>;
  printed(text: string): Promise<void>;
  kill(signal: NodeJS.Signals): void;
}

/** Starts dist/action.cjs as a runner does: with inputs as `INPUT_…`, and files for outputs and summary. */
export async function startAction(
  inputs: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string>> = {},
): Promise<RunningAction> {
  const temp = temporaryFolder();
  const files = { GITHUB_OUTPUT: join(temp, 'output'), GITHUB_STEP_SUMMARY: join(temp, 'summary') };
  await Promise.all(Object.values(files).map((file) => writeFile(file, '')));
  const given = Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]);
  const running = start('action.cjs', [], { RUNNER_TEMP: temp, ...files, ...Object.fromEntries(given), ...env });
  return {
    ...running,
    ended: running.ended.then(async (ended) => {
      const outputs = parseOutputs(await readFile(files.GITHUB_OUTPUT, 'utf8'));
      checkReport(outputs['report'] ?? '');
      return { ...ended, temp, outputs, summary: await readFile(files.GITHUB_STEP_SUMMARY, 'utf8') };
    }),
  };
}

export const runAction = async (
  inputs: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string>> = {},
): Promise<ActionRun> => (await startAction(inputs, env)).ended;

/** Parses outputs, which are `name<<delimiter`, the value, and the delimiter. */
function parseOutputs(text: string): Readonly<Record<string, string>> {
  const entries = text.matchAll(/^([\w-]+)<<(.*)\n([\s\S]*?)\n?\2$/gm);
  return Object.fromEntries([...entries].map(([, name, , value]) => [name, value]));
}
