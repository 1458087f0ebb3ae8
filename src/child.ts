import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:os';
import { onSignals } from './signals.ts';

/** As shells have it: what cannot be started, and what is not there. */
const notStarted = 126;
const notFound = 127;

/** The exit code of a process, for one that a signal ended as shells have it: 128 and the signal's number. */
export function exitCodeOf({ exitCode, signalCode }: Pick<ChildProcess, 'exitCode' | 'signalCode'>): number {
  return exitCode ?? 128 + (signalCode === null ? 0 : (constants.signals[signalCode] ?? 0));
}

/**
 * Passes signals on to a process. Not on Windows, whose consoles tell every
 * process, and where a signal can only kill; nor a terminal's Ctrl-C, which
 * the terminal tells the process too: twice would often mean "at once".
 */
export function passSignals(child: () => Pick<ChildProcess, 'kill'> | undefined, atTerminal: boolean): Disposable {
  return onSignals((name) => {
    if (process.platform !== 'win32' && !(atTerminal && name === 'SIGINT')) {
      child()?.kill(name);
    }
  });
}

/**
 * Runs a command with this process's own input and output, without a shell.
 *
 * @param tell told why it could not be started
 * @returns its exit code; 126 and 127 where it could not be started, 130 where that is not wanted any more
 */
export function runCommand(
  [file = '', ...args]: readonly string[],
  cancelled: AbortSignal,
  tell: (line: string) => void,
): Promise<number> {
  if (cancelled.aborted) {
    return Promise.resolve(130);
  }
  return new Promise((resolve) => {
    const fail = (error: unknown): void => {
      tell(`The command ${JSON.stringify(file)} could not be started: ${reasonOf(error)}`);
      resolve(codeOf(error) === 'ENOENT' ? notFound : notStarted);
    };
    try {
      const child = spawn(file, args, { stdio: 'inherit' });
      const passing = passSignals(() => child, process.stdin.isTTY);
      child.on('exit', () => {
        passing[Symbol.dispose]();
        resolve(exitCodeOf(child));
      });
      child.on('error', (error) => {
        // Also that a signal could not be passed on, which is nothing to give up for.
        if (child.pid === undefined) {
          passing[Symbol.dispose]();
          fail(error);
        }
      });
    } catch (error) {
      // Some reasons come at once, such as a batch file or too many arguments.
      fail(error);
    }
  });
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
