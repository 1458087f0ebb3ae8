import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:os';
import { endGroup, ownGroup, type ProcessGroup, sharedGroup } from './process-group.ts';
import { onSignals } from './signals.ts';

/** As shells have it: what cannot be started, and what is not there. */
const notStarted = 126;
const notFound = 127;
/** After a SIGINT. */
const cancelledExitCode = 130;

/** A runner kills everything ten seconds after it cancels: until then the report has to be written. In milliseconds. */
const gracePeriods = { terminate: 5000, kill: 6000 };

/** How a command is run. */
export interface Start {
  readonly stdin: 'inherit' | 'ignore';
  readonly env: NodeJS.ProcessEnv;
  /** Whether a terminal's keys are to reach it. Somebody sits there who decides how long it may take to end. */
  readonly atTerminal: boolean;
}

/** The exit code of a process, for one that a signal ended as shells have it: 128 and the signal's number. */
function exitCodeOf({ exitCode, signalCode }: Pick<ChildProcess, 'exitCode' | 'signalCode'>): number {
  return exitCode ?? 128 + (signalCode === null ? 0 : (constants.signals[signalCode] ?? 0));
}

/**
 * Passes signals on. Not on Windows, whose consoles tell every process, and
 * where a signal can only kill; nor a terminal's Ctrl-C, which the terminal
 * tells the command too: twice would often mean "at once".
 */
function passSignals(group: ProcessGroup, atTerminal: boolean): Disposable {
  return onSignals((name) => {
    if (process.platform !== 'win32' && !(atTerminal && name === 'SIGINT')) {
      group.signal(name);
    }
  });
}

/**
 * Runs a command with this process's own output, without a shell. Where it is
 * not at a terminal, what it has started ends with it, and when it is cancelled
 * all of it ends while the runner still waits.
 *
 * @param tell told why it could not be started
 * @returns its exit code; 126 and 127 where it could not be started, 130 where that is not wanted any more
 */
export function runCommand(
  [file = '', ...args]: readonly string[],
  { stdin, env, atTerminal }: Start,
  cancelled: AbortSignal,
  tell: (line: string) => void,
): Promise<number> {
  if (cancelled.aborted) {
    return Promise.resolve(cancelledExitCode);
  }
  const isOwn = !atTerminal && process.platform !== 'win32';
  return new Promise((resolve) => {
    const cares: Disposable[] = [];
    const end = (code: number): void => {
      for (const care of cares.splice(0)) {
        care[Symbol.dispose]();
      }
      resolve(code);
    };
    const fail = (error: unknown): void => {
      tell(`The command ${JSON.stringify(file)} could not be started: ${reasonOf(error)}`);
      end(codeOf(error) === 'ENOENT' ? notFound : notStarted);
    };
    try {
      const child = spawn(file, args, { stdio: [stdin, 'inherit', 'inherit'], env, detached: isOwn });
      const group = isOwn ? ownGroup(child) : sharedGroup(child);
      cares.push(passSignals(group, atTerminal));
      if (!atTerminal) {
        cares.push(onCancel(cancelled, group, () => end(cancelledExitCode)));
      }
      if (isOwn) {
        cares.push(onExit(() => group.signal('SIGKILL')));
      }
      child.on('exit', () => {
        const last = isOwn ? endGroup(group) : Promise.resolve();
        void last.then(() => end(exitCodeOf(child)));
      });
      child.on('error', (error) => {
        // Also that a signal could not be passed on, which is nothing to give up for.
        if (child.pid === undefined) {
          fail(error);
        }
      });
    } catch (error) {
      // Some reasons come at once, such as a batch file or too many arguments.
      fail(error);
    }
  });
}

/** What does not end when it is cancelled is told once more, and killed. */
function onCancel(cancelled: AbortSignal, group: ProcessGroup, giveUp: () => void): Disposable {
  const timers: NodeJS.Timeout[] = [];
  const begin = (): void => {
    const kill = (): void => {
      group.signal('SIGKILL');
      giveUp();
    };
    timers.push(
      setTimeout(() => group.signal('SIGTERM'), gracePeriods.terminate),
      setTimeout(kill, gracePeriods.kill),
    );
  };
  cancelled.addEventListener('abort', begin, { once: true });
  return {
    [Symbol.dispose]: () => {
      cancelled.removeEventListener('abort', begin);
      timers.forEach(clearTimeout);
    },
  };
}

/** For an end of this process that nobody has foreseen. */
function onExit(end: () => void): Disposable {
  process.once('exit', end);
  return { [Symbol.dispose]: () => process.off('exit', end) };
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

function reasonOf(error: unknown): string {
  // Windows has batch files for many tools; only its shell can start them.
  const batch = process.platform === 'win32' ? '; a batch file needs cmd /c in front of it' : '';
  const message = error instanceof Error ? error.message : String(error);
  return `${codeOf(error) === 'ENOENT' ? 'there is no such program' : message}${batch}`;
}
