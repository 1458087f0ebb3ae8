import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

/** The output and the resource usage of a process. */
export interface Run {
  readonly code: number | null;
  readonly stdout: string;
  /** Milliseconds. */
  readonly wall: number;
  /** Milliseconds on all cores. */
  readonly cpu: number;
  /** The peak of the resident memory, in MiB. */
  readonly peak: number;
  /** Epoch milliseconds. */
  readonly endedAt: number;
}

export interface RunningProcess {
  readonly ended: Promise<Run>;
  /** Resolves with the first output on standard error. */
  readonly hasOutput: Promise<unknown>;
  kill(): void;
}

const usage = fileURLToPath(new URL('usage.cjs', import.meta.url));

/** Starts this version of Node with these arguments, and only this environment. */
export function start(args: readonly string[], env: Readonly<Record<string, string>> = {}): RunningProcess {
  const startedAt = performance.now();
  const child = spawn(process.execPath, ['--require', usage, ...args], {
    env: { ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  const { stdout, stderr } = child;
  const usagePipe = child.stdio[3];
  if (stdout === null || stderr === null || usagePipe === null || usagePipe === undefined || !('read' in usagePipe)) {
    throw new Error('a process was started without its pipes');
  }
  const outputs = Promise.all([text(stdout), text(usagePipe)]);
  const exit = new Promise<Pick<Run, 'code' | 'wall' | 'endedAt'>>((resolve) => {
    child.on('exit', (code) => resolve({ code, wall: performance.now() - startedAt, endedAt: Date.now() }));
  });
  return {
    kill: () => child.kill('SIGKILL'),
    hasOutput: new Promise((resolve) => stderr.once('data', resolve).resume()),
    ended: Promise.all([exit, outputs]).then(([end, [output, used]]) => {
      // A killed process does not report its usage.
      const { maxRSS, cpuTime } = used === '' ? { maxRSS: 0, cpuTime: 0 } : JSON.parse(used);
      return { ...end, stdout: output, cpu: cpuTime / 1000, peak: maxRSS / 1024 };
    }),
  };
}

/** @throws {Error} if the exit code is not 0 */
export async function run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Run> {
  const result = await start(args, env).ended;
  if (result.code !== 0) {
    throw new Error(`node ${args.join(' ')} ended with ${result.code}:\n${result.stdout}`);
  }
  return result;
}
