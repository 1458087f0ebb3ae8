import { annotations } from '../../src/report/annotations.ts';
import type { Report } from '../../src/report/model.ts';
import { withoutColour } from '../../src/report/terminal/colour.ts';
import { finalText, shortText } from '../../src/report/terminal/console.ts';
import type { Surface } from './page.ts';

/** A report on every surface but the summary. */
export function surfacesOf(report: Report): readonly Surface[] {
  const annotated = annotations(report).map(({ level, title, message }) => `${level}: ${title}\n${message}\n`);
  return [
    { title: 'Annotations', text: annotated.join('\n') || 'none' },
    { title: 'A terminal', text: finalText(report) },
    { title: 'The log of a GitHub runner', text: finalText(report, { groups: true, paint: withoutColour }) },
    { title: '--quiet', text: shortText(report, { groups: false, paint: withoutColour }) },
  ];
}
