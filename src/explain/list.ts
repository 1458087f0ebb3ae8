import { type Check, type Stage, stages } from '../checks/check.ts';
import { wrapWords } from '../values/wrap.ts';
import { plain } from './plain.ts';
import { oldestTalosOf, readingsOf, reportLinks, versionsOf } from './readings.ts';

const columns = ['CHECK', 'TALOS', 'PASSES WHEN'] as const;

function hanging(head: string, text: string, width: number): readonly string[] {
  return wrapWords(plain(text).split(' '), { first: head, rest: ' '.repeat(head.length), width });
}

/** The lines of the checks of each stage that has any, under its name. */
function byStage(checks: readonly Check[], linesOf: (check: Check) => readonly string[]): readonly string[] {
  const heading = (stage: Stage) => ['', `STAGE ${stage}`];
  return stages.flatMap((stage) => {
    const lines = checks.filter((check) => check.stage === stage).flatMap(linesOf);
    return lines.length === 0 ? [] : [...heading(stage), ...lines];
  });
}

/**
 * The checks by stage: id, the oldest version of Talos that has what it reads, and title.
 *
 * @param width in columns; titles are wrapped
 */
export function checkTable(checks: readonly Check[], width: number): string {
  const talosOf = (check: Check): string => {
    const oldest = oldestTalosOf(check);
    return oldest === undefined ? 'all' : `${oldest}+`;
  };
  const idWidth = Math.max(...checks.map(({ id }) => id.length));
  const row = (id: string, talos: string, title: string) =>
    hanging(`  ${id.padEnd(idWidth)}  ${talos.padEnd(columns[1].length)}  `, title, width);
  return [
    ...row(...columns),
    ...byStage(checks, (check) => row(check.id, talosOf(check), check.title)),
    '',
    ...hanging('', '-o wide adds what each reads, and the public reports that it answers.', width),
  ].join('\n');
}

/**
 * The checks by stage, each with its title, the versions of Talos, what it reads, and the public reports that it answers.
 *
 * @param width in columns; addresses are not wrapped
 */
export function checkDetails(checks: readonly Check[], width: number): string {
  const entry = (name: string, text: string) => hanging(`    ${name.padEnd(11)}  `, text, width);
  const [, ...lines] = byStage(checks, (check) => [
    '',
    `  ${check.id}`,
    ...entry('passes when', check.title),
    ...entry('Talos', versionsOf(check)),
    ...entry('reads', readingsOf(check).replaceAll('`', '')),
    ...reportLinks(check).flatMap((url, index) => entry(index === 0 ? 'reported as' : '', url)),
  ]);
  return lines.join('\n');
}
