import { access } from './table/access.ts';
import { cluster } from './table/cluster.ts';
import { command } from './table/command.ts';
import { expectations } from './table/expectations.ts';
import { output } from './table/output.ts';
import { selection } from './table/selection.ts';
import { timing } from './table/timing.ts';

/** Every input. action.yml, the flags and the help are derived from this table. */
export const inputs = [...access, ...cluster, ...selection, ...expectations, ...timing, ...command, ...output] as const;

/** Inputs of the action. */
export const actionInputs = inputs.filter((input) => !('commandLineOnly' in input));

/** Inputs that are flags. */
export const flagInputs = inputs.filter((input) => !('actionOnly' in input));

export type InputName = (typeof inputs)[number]['name'];

/** Unparsed inputs by name: absent, empty or text. */
export type RawInputs = { readonly [name in InputName]?: string | undefined };

/** The trimmed text of an input, or its default if it is absent or blank. */
export function inputText(raw: RawInputs, name: InputName): string {
  const given = raw[name]?.trim() ?? '';
  return given === '' ? (inputs.find((input) => input.name === name)?.default ?? '') : given;
}
