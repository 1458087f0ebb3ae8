import { type Fold, githubGroups, gitlabSections } from '../report/terminal/fold.ts';

export type Env = Readonly<Record<string, string | undefined>>;

/** NO_COLOR (https://no-color.org) takes precedence over FORCE_COLOR, which enables colour without a terminal. */
export function wantsColour(isTerminal: boolean, env: Env): boolean {
  if (env['NO_COLOR']) {
    return false;
  }
  const forced = env['FORCE_COLOR'];
  return forced === undefined ? isTerminal && env['TERM'] !== 'dumb' : forced !== '0' && forced !== 'false';
}

/** Whether a stream is a terminal that can redraw lines, and not the log of a CI job. */
export function isLive(isTerminal: boolean, env: Env): boolean {
  const ci = env['CI'];
  return isTerminal && (ci === undefined || ci === '' || ci === 'false') && env['TERM'] !== 'dumb';
}

/**
 * How the log of this runner folds lines; undefined if it does not. Forgejo and Gitea say that they are GitHub.
 *
 * @param at epoch milliseconds, for the names of sections
 */
export function foldIn(env: Env, at: number): Fold | undefined {
  if (env['GITHUB_ACTIONS'] === 'true') {
    return githubGroups;
  }
  return env['GITLAB_CI'] === 'true' ? gitlabSections(at) : undefined;
}
