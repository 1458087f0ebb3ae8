import { access } from './table/access.ts';
import { cluster } from './table/cluster.ts';
import { command } from './table/command.ts';
import { expectations } from './table/expectations.ts';
import { output } from './table/output.ts';
import { selection } from './table/selection.ts';
import { timing } from './table/timing.ts';

/** Every input, once: action.yml, the flags and their help follow from this table. */
export const inputs = [...access, ...cluster, ...selection, ...expectations, ...timing, ...command, ...output] as const;

/** Those that the action has too. */
export const actionInputs = inputs.filter((input) => !('commandLineOnly' in input));

/** Those that are flags too. */
export const flagInputs = inputs.filter((input) => !('actionOnly' in input));

export type InputName = (typeof inputs)[number]['name'];

/** Inputs as they came, by name: absent, empty or text. */
export type RawInputs = { readonly [name in InputName]?: string | undefined };

/** The text of an input, trimmed; what is absent or blank is the default. */
export function inputText(raw: RawInputs, name: InputName): string {
  const given = raw[name]?.trim() ?? '';
  return given === '' ? (inputs.find((input) => input.name === name)?.default ?? '') : given;
}
