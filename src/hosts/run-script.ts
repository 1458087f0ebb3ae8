import { error } from '@actions/core';
import { logLine } from '../report/sanitize/escape.ts';
import { writeScript } from './script.ts';
import { runCommand } from './spawn.ts';

/** A script's environment is that of the step, without the inputs: they hold the credentials. */
function environment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^INPUT_/i.test(name)));
}

/** Runs the script to its end. A runner gives it no input, and no terminal. */
export async function runScript(script: string, folder: string, signal: AbortSignal): Promise<number> {
  const tell = (line: string): void => error(logLine(line));
  try {
    const { program, args } = await writeScript(script, folder, process);
    const start = { stdin: 'ignore', env: environment(), atTerminal: false } as const;
    return await runCommand([program, ...args], start, signal, tell);
  } catch (cause) {
    tell(`The script could not be run: ${cause instanceof Error ? cause.message : String(cause)}`);
    return 127;
  }
}
