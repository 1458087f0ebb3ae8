import { flagInputs, type InputName, type RawInputs } from './table.ts';

/** The environment variable that stands for a flag: `TALOS_HEALTH_WAIT_TIMEOUT` for `--wait-timeout`. */
export function variableOf(name: InputName): string {
  return `TALOS_HEALTH_${name.toUpperCase().replaceAll('-', '_')}`;
}

/** Inputs of the command line that the environment gives; a blank variable gives none. */
export function readVariables(env: Readonly<Record<string, string | undefined>>): RawInputs {
  const given = flagInputs.map(({ name }) => [name, env[variableOf(name)]] as const);
  return Object.fromEntries(given.filter(([, value]) => value !== undefined && value.trim() !== ''));
}

/**
 * What the user calls an input: what no flag gave and a variable did goes by the
 * variable's name, so that a problem is looked for where it is.
 */
export function callInput(input: string, flags: RawInputs, variables: RawInputs): string {
  const name = flagInputs.find((one) => one.name === input)?.name;
  return name !== undefined && flags[name] === undefined && variables[name] !== undefined ? variableOf(name) : input;
}
