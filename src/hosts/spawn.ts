import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:os';
import { endGroup, ownGroup, type ProcessGroup, sharedGroup } from './process-group.ts';
import { onSignals } from './signals.ts';

/** The exit codes of shells for a program that cannot be started, and for one that does not exist. */
const notStarted = 126;
const notFound = 127;
/** The exit code of shells after SIGINT. */
const cancelledExitCode = 130;

/** In milliseconds. A runner kills all processes ten seconds after it cancels, and the report must be written before. */
const gracePeriods = { terminate: 5000, kill: 6000 };

/** How to run a command. */
export interface SpawnOptions {
  readonly stdin: 'inherit' | 'ignore';
  readonly env: NodeJS.ProcessEnv;
  /** Whether the command reads from a terminal. Then its user decides how long it may take to end. */
  readonly atTerminal: boolean;
}

/** The exit code of a process. If a signal ended it, 128 plus the signal number, as in shells. */
function exitCodeOf({ exitCode, signalCode }: Pick<ChildProcess, 'exitCode' | 'signalCode'>): number {
  return exitCode ?? 128 + (signalCode === null ? 0 : (constants.signals[signalCode] ?? 0));
}

/**
 * Forwards signals to the command. Not on Windows, where a console signals every
 * process itself, and a forwarded signal could only kill. Not Ctrl-C at a terminal,
 * which the command receives itself: a second one often means "at once".
 */
function forwardSignals(group: ProcessGroup, atTerminal: boolean): Disposable {
  return onSignals((name) => {
    if (process.platform !== 'win32' && !(atTerminal && name === 'SIGINT')) {
      group.signal(name);
    }
  });
}

/**
 * Runs a command without a shell, with the output of this process. Unless it is at
 * a terminal, its descendants end with it, and a cancellation ends all of them
 * before the runner kills the job.
 *
 * @param print prints why the command could not be started
 * @returns its exit code; 126 or 127 if it could not be started, 130 if it was cancelled
 */
export function runCommand(
  [file = '', ...args]: readonly string[],
  { stdin, env, atTerminal }: SpawnOptions,
  cancelled: AbortSignal,
  print: (line: string) => void,
): Promise<number> {
  if (cancelled.aborted) {
    return Promise.resolve(cancelledExitCode);
  }
  const hasOwnGroup = !atTerminal && process.platform !== 'win32';
  return new Promise((resolve) => {
    const disposables: Disposable[] = [];
    const end = (code: number): void => {
      for (const disposable of disposables.splice(0)) {
        disposable[Symbol.dispose]();
      }
      resolve(code);
    };
    const fail = (error: unknown): void => {
      print(`The command ${JSON.stringify(file)} could not be started: ${reasonOf(error)}`);
      end(codeOf(error) === 'ENOENT' ? notFound : notStarted);
    };
    try {
      const child = spawn(file, args, { stdio: [stdin, 'inherit', 'inherit'], env, detached: hasOwnGroup });
      const group = hasOwnGroup ? ownGroup(child) : sharedGroup(child);
      disposables.push(forwardSignals(group, atTerminal));
      if (!atTerminal) {
        disposables.push(onCancel(cancelled, group, () => end(cancelledExitCode)));
      }
      if (hasOwnGroup) {
        disposables.push(onExit(() => group.signal('SIGKILL')));
      }
      child.on('exit', () => {
        const descendantsEnded = hasOwnGroup ? endGroup(group) : Promise.resolve();
        void descendantsEnded.then(() => end(exitCodeOf(child)));
      });
      child.on('error', (error) => {
        // This event also reports a signal that could not be sent; then the command still runs.
        if (child.pid === undefined) {
          fail(error);
        }
      });
    } catch (error) {
      // Some errors are thrown, such as those for a batch file or too many arguments.
      fail(error);
    }
  });
}

/** After a cancellation, sends SIGTERM and then SIGKILL to a command that does not end. */
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

/** Calls back when this process exits, even unexpectedly. */
function onExit(end: () => void): Disposable {
  process.once('exit', end);
  return { [Symbol.dispose]: () => process.off('exit', end) };
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

function reasonOf(error: unknown): string {
  // On Windows many tools are batch files, which only the shell can start.
  const batch = process.platform === 'win32' ? '; a batch file needs cmd /c in front of it' : '';
  const message = error instanceof Error ? error.message : String(error);
  return `${codeOf(error) === 'ENOENT' ? 'there is no such program' : message}${batch}`;
}
