import { access } from './table/access.ts';
import { baseline } from './table/baseline.ts';
import { cluster } from './table/cluster.ts';
import { command } from './table/command.ts';
import { expectations } from './table/expectations.ts';
import { output } from './table/output.ts';
import { selection } from './table/selection.ts';
import { timing } from './table/timing.ts';
import { upgrade } from './table/upgrade.ts';

/** Every input, in groups with a title. action.yml, the flags, the help and the documentation are derived from this table. */
export const inputGroups = [
  { title: 'Access to the cluster', inputs: access },
  { title: 'Nodes of the cluster', inputs: cluster },
  { title: 'What is judged', inputs: selection },
  { title: 'What is expected besides health', inputs: expectations },
  { title: 'An upgrade or a reboot ahead', inputs: upgrade },
  { title: 'What is compared with an earlier run', inputs: baseline },
  { title: 'Timing', inputs: timing },
  { title: 'What is run on a healthy cluster', inputs: command },
  { title: 'Output', inputs: output },
] as const;

export const inputs = inputGroups.flatMap((group): readonly (typeof group.inputs)[number][] => group.inputs);

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
