import { annotations } from '../../src/report/annotations.ts';
import type { Report } from '../../src/report/model.ts';
import { finalText, shortText } from '../../src/report/terminal/console.ts';
import { githubGroups } from '../../src/report/terminal/fold.ts';
import { logView } from '../../src/report/terminal/text-view.ts';
import { wrapAt } from '../../src/report/terminal/wrap.ts';
import type { Surface } from './page.ts';

/** A report on every surface but the summary. */
export function surfacesOf(report: Report): readonly Surface[] {
  const annotated = annotations(report).map(({ level, title, message }) => `${level}: ${title}\n${message}\n`);
  return [
    { title: 'Annotations', text: annotated.join('\n') || 'none' },
    { title: 'A terminal', text: finalText(report, { ...logView, wrap: wrapAt(80), rows: 22 }) },
    { title: 'The log of a GitHub runner', text: finalText(report, { ...logView, fold: githubGroups }) },
    { title: '--quiet', text: shortText(report) },
  ];
}
