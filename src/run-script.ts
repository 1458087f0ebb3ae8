import { ChildProcess } from 'node:child_process';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { error } from '@actions/core';
import { exec } from '@actions/exec';
import { exitCodeOf, passSignals } from './child.ts';
import { logLine } from './report/escape.ts';
import { writeScript } from './script.ts';

/** A script's environment is that of the step, without the inputs: they hold the credentials. */
function environment(): Record<string, string> {
  const given = Object.entries(process.env).flatMap(([name, value]) =>
    value === undefined || /^INPUT_/i.test(name) ? [] : [[name, value] as const],
  );
  return Object.fromEntries(given);
}

/** A runner kills everything ten seconds after it cancels: until then the report has to be written. In milliseconds. */
const longestFarewell = 5000;

/** Runs the script to its end; one that does not end when it is cancelled is told once more, and left. */
export async function runScript(script: string, folder: string, signal: AbortSignal): Promise<number> {
  if (signal.aborted) {
    return 130;
  }
  const children: ChildProcess[] = [];
  // The toolkit tells nobody about its process, and a signal has to reach it.
  const meet = (message: unknown): void => {
    if (typeof message === 'object' && message !== null && 'process' in message) {
      const child = message.process;
      if (child instanceof ChildProcess) {
        children.push(child);
        // The toolkit closes the script's input without listening: of a script that has ended already that is an error.
        child.once('spawn', () => child.stdin?.on('error', () => undefined));
      }
    }
  };
  subscribe('child_process', meet);
  using _passing = passSignals(() => children[0], false);
  const { promise: givenUp, resolve: giveUp } = Promise.withResolvers<number>();
  const leave = (): void => {
    children[0]?.kill('SIGTERM');
    giveUp(130);
  };
  signal.addEventListener('abort', () => setTimeout(leave, longestFarewell).unref(), { once: true });
  try {
    const { program, args } = await writeScript(script, folder, process);
    const options = { env: environment(), input: Buffer.of(), ignoreReturnCode: true };
    const ended = exec(`"${program}"`, [...args], options).then((code) =>
      children[0] === undefined ? code : exitCodeOf(children[0]),
    );
    return await Promise.race([ended, givenUp]);
  } catch (cause) {
    error(logLine(`The script could not be run: ${cause instanceof Error ? cause.message : String(cause)}`));
    return 127;
  } finally {
    unsubscribe('child_process', meet);
  }
}
