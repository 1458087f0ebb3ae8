/** Folds lines under a title. The id is of lower-case letters, digits and hyphens, and is used once in a report. */
export type Fold = (id: string, title: string, lines: readonly string[]) => readonly string[];

export const githubGroups: Fold = (_id, title, lines) => [`::group::${title}`, ...lines, '::endgroup::'];

/**
 * Sections of GitLab. Their names must be unique in a job, which may run the gate several times.
 *
 * @param at epoch milliseconds
 */
export function gitlabSections(at: number): Fold {
  const seconds = Math.floor(at / 1000);
  const marker = (what: string, id: string, options: string): string =>
    `\u001b[0Ksection_${what}:${seconds}:talos-health-${id}-${at}${options}\r\u001b[0K`;
  return (id, title, lines) => [marker('start', id, '[collapsed=true]') + title, ...lines, marker('end', id, '')];
}
