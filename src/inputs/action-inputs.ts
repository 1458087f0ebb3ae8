import { type Problem, quote, unknownName } from '../values/problem.ts';
import { suggest } from '../values/suggest.ts';
import { actionInputs } from './table.ts';

const prefix = 'INPUT_';

/**
 * Inputs that the action does not have, as far as they can be told from other
 * variables: GitHub keeps the hyphens of their names, which hardly any other
 * variable has. Runners derived from act pass the inputs of a composite action
 * to its steps too, so that nothing is known there.
 */
export function unknownInputs(env: Readonly<Record<string, string | undefined>>): readonly Problem[] {
  const derived = ['ACT', 'GITEA_ACTIONS', 'FORGEJO_ACTIONS'].some((name) => env[name] !== undefined);
  if (env['GITHUB_ACTIONS'] !== 'true' || derived) return [];
  const known: readonly string[] = actionInputs.map(({ name }) => name);
  return Object.entries(env)
    .filter(([variable, value]) => variable.startsWith(prefix) && variable.includes('-') && value?.trim() !== '')
    .map(([variable]) => variable.slice(prefix.length).toLowerCase())
    .filter((name) => !known.includes(name))
    .map((name) => {
      const guess = suggest(name, known);
      return unknownName(
        /^[\w-]{1,60}$/.test(name) ? name : quote(name),
        'input',
        guess === undefined ? undefined : `did you mean ${guess}?`,
      );
    });
}
