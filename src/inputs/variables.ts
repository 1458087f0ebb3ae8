import { flagInputs, type InputName, type RawInputs } from './table.ts';

/** The environment variable of a flag: `TALOS_HEALTH_WAIT_TIMEOUT` for `--wait-timeout`. */
export function variableOf(name: InputName): string {
  return `TALOS_HEALTH_${name.toUpperCase().replaceAll('-', '_')}`;
}

/** Inputs from environment variables; blank variables are ignored. */
export function readVariables(env: Readonly<Record<string, string | undefined>>): RawInputs {
  const given = flagInputs.map(({ name }) => [name, env[variableOf(name)]] as const);
  return Object.fromEntries(given.filter(([, value]) => value !== undefined && value.trim() !== ''));
}

/**
 * The name of an input for messages: that of the variable if the value came from
 * one, else that of the flag.
 */
export function callInput(input: string, flags: RawInputs, variables: RawInputs): string {
  const name = flagInputs.find((one) => one.name === input)?.name;
  return name !== undefined && flags[name] === undefined && variables[name] !== undefined ? variableOf(name) : input;
}
