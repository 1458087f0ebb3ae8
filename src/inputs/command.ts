import { parseBoolean } from '../values/boolean.ts';
import type { Problem } from '../values/problem.ts';
import { upgrade } from './table/upgrade.ts';
import { inputText, type RawInputs } from './table.ts';

/** Whether to wait again after the command. */
export function wantsGateAfter(raw: RawInputs): boolean {
  const after = parseBoolean(inputText(raw, 'after'));
  return after.ok && after.value;
}

/** The inputs of the gate after a command: without those about what is ahead, which the command has done. */
export function inputsAfter(raw: RawInputs): RawInputs {
  const ahead = new Set<string>(upgrade.map(({ name }) => name));
  return Object.fromEntries(Object.entries(raw).filter(([name]) => !ahead.has(name)));
}

/**
 * Inputs that conflict with a command after `--`, or require one.
 *
 * @param call returns the name of an input for messages
 */
export function commandProblems(
  raw: RawInputs,
  command: readonly string[] | undefined,
  call: (input: string) => string,
): readonly Problem[] {
  if (command === undefined) {
    const hint = 'talos-health --after -- COMMAND ARG...';
    return wantsGateAfter(raw)
      ? [{ input: call('after'), expected: 'a command after --', got: 'no command', hint }]
      : [];
  }
  const hint = 'write the report to a file: --report-file PATH';
  return inputText(raw, 'output') === 'json'
    ? [{ input: call('output'), expected: 'text, since standard output is the command’s', got: '"json"', hint }]
    : [];
}
