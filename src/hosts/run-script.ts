import { error } from '@actions/core';
import { logLine } from '../report/sanitize/escape.ts';
import { writeScript } from './script.ts';
import { runCommand } from './spawn.ts';

/** The environment of the step without the inputs, which contain credentials. */
function environment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^INPUT_/i.test(name)));
}

/** Runs the script and returns its exit code. On a runner it has neither standard input nor a terminal. */
export async function runScript(script: string, folder: string, signal: AbortSignal): Promise<number> {
  const print = (line: string): void => error(logLine(line));
  try {
    const { program, args } = await writeScript(script, folder, process);
    const start = { stdin: 'ignore', env: environment(), atTerminal: false } as const;
    return await runCommand([program, ...args], start, signal, print);
  } catch (cause) {
    print(`The script could not be run: ${cause instanceof Error ? cause.message : String(cause)}`);
    return 127;
  }
}
