import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

/** What a whole process took, from its start to its end. */
export interface Run {
  readonly code: number | null;
  readonly stdout: string;
  /** Milliseconds. */
  readonly wall: number;
  /** Milliseconds on all cores together. */
  readonly cpu: number;
  /** The most memory that was resident at once, in MiB. */
  readonly peak: number;
  /** Epoch milliseconds. */
  readonly endedAt: number;
}

export interface RunningProcess {
  readonly ended: Promise<Run>;
  /** Resolves with the first words on standard error. */
  readonly said: Promise<unknown>;
  kill(): void;
}

const usage = fileURLToPath(new URL('usage.cjs', import.meta.url));

/** Starts this Node with these arguments and no environment but the given one. */
export function start(args: readonly string[], env: Readonly<Record<string, string>> = {}): RunningProcess {
  const began = performance.now();
  const child = spawn(process.execPath, ['--require', usage, ...args], {
    env: { ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  const { stdout, stderr } = child;
  const told = child.stdio[3];
  if (stdout === null || stderr === null || told === null || told === undefined || !('read' in told)) {
    throw new Error('a process was started without its pipes');
  }
  const outputs = Promise.all([text(stdout), text(told)]);
  const exit = new Promise<Pick<Run, 'code' | 'wall' | 'endedAt'>>((resolve) => {
    child.on('exit', (code) => resolve({ code, wall: performance.now() - began, endedAt: Date.now() }));
  });
  return {
    kill: () => child.kill('SIGKILL'),
    said: new Promise((resolve) => stderr.once('data', resolve).resume()),
    ended: Promise.all([exit, outputs]).then(([end, [output, spent]]) => {
      // Who was killed could not tell any more.
      const { maxRSS, cpuTime } = spent === '' ? { maxRSS: 0, cpuTime: 0 } : JSON.parse(spent);
      return { ...end, stdout: output, cpu: cpuTime / 1000, peak: maxRSS / 1024 };
    }),
  };
}

/** @throws {Error} where it ends in another way than well */
export async function run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Run> {
  const done = await start(args, env).ended;
  if (done.code !== 0) {
    throw new Error(`node ${args.join(' ')} ended with ${done.code}:\n${done.stdout}`);
  }
  return done;
}
