import { type Problem, quote, unknownName } from '../values/problem.ts';
import { suggest } from '../values/suggest.ts';
import { flagInputs, type InputName, type RawInputs } from './table.ts';

type Env = Readonly<Record<string, string | undefined>>;

const prefix = 'TALOS_HEALTH_';

/** The environment variable of a flag: `TALOS_HEALTH_WAIT_TIMEOUT` for `--wait-timeout`. */
export function variableOf(name: InputName): string {
  return `${prefix}${name.toUpperCase().replaceAll('-', '_')}`;
}

/** Inputs from environment variables; blank variables are ignored. */
export function readVariables(env: Env): RawInputs {
  return Object.fromEntries(
    flagInputs.map(({ name }) => [name, env[variableOf(name)]] as const).filter(([, value]) => isGiven(value)),
  );
}

/** Variables that look like those of a flag, but are none. */
export function unknownVariables(env: Env): readonly Problem[] {
  const known: readonly string[] = flagInputs.map(({ name }) => variableOf(name));
  return Object.entries(env)
    .filter(([name, value]) => name.startsWith(prefix) && isGiven(value) && !known.includes(name) && !ofService(name))
    .map(([name]) => {
      const meant = suggest(asFlag(name), known.map(asFlag));
      const guess = known.find((variable) => asFlag(variable) === meant);
      const hint = guess === undefined ? 'talos-health --help lists the flags' : `did you mean ${guess}?`;
      return unknownName(/^\w{1,60}$/.test(name) ? name : quote(name), 'variable', hint);
    });
}

/** `wait-timeout` for `TALOS_HEALTH_WAIT_TIMEOUT`. */
function asFlag(variable: string): string {
  return variable.slice(prefix.length).toLowerCase().replaceAll('_', '-');
}

function isGiven(value: string | undefined): boolean {
  return value !== undefined && value.trim() !== '';
}

/** Kubernetes sets such variables in every pod if there is a Service named talos-health, or talos-health-something. */
function ofService(name: string): boolean {
  return /_SERVICE_(HOST|PORT(_\w+)?)$|_PORT(_\d+_[A-Z]+(_(PROTO|PORT|ADDR))?)?$/.test(name);
}

/**
 * The name of an input for messages: that of the variable if the value came from
 * one, else that of the flag.
 */
export function callInput(input: string, flags: RawInputs, variables: RawInputs): string {
  const name = flagInputs.find((one) => one.name === input)?.name;
  return name !== undefined && flags[name] === undefined && variables[name] !== undefined ? variableOf(name) : input;
}
