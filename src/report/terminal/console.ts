import { count } from '../../checks/text.ts';
import { problemText } from '../../values/problem.ts';
import { nameNodes } from '../groups.ts';
import type { Report } from '../model.ts';
import { logLine } from '../sanitize/escape.ts';
import { closing, commandLines, verdictLines } from './closing.ts';
import { causeEntries, type Entry, entryBlocks, entryHeadline, fullDetail, warningEntries } from './entries.ts';
import { stageLines } from './stage-lines.ts';
import { logView, section, type TextView, textLines } from './text-view.ts';

/** The JSON report has all. */
const maxEntries = 20;

/** Causes in the short text. */
const maxShortEntries = 5;
const shortNames = 10;

function allEntries(entries: readonly Entry[], report: Report, view: TextView): readonly string[] {
  const more = entries.length - maxEntries;
  return [
    ...entryBlocks(entries.slice(0, maxEntries), report, view, fullDetail).flat(),
    ...(more > 0 ? ['', `and ${count(more, 'more finding')}`] : []),
  ];
}

function problemLines({ problems }: Report, view: TextView): readonly string[] {
  return problems.flatMap((problem) => [
    ...textLines(view, `${problem.input}: ${problemText(problem)}`, 2, 4),
    ...(problem.hint === undefined ? [] : textLines(view, problem.hint, 4)),
  ]);
}

function logSections({ logs }: Report, view: TextView): readonly string[] {
  return logs.flatMap(({ node, service, lines }, index) => [
    '',
    ...section(
      `log-${index + 1}`,
      logLine(`Log of ${service} on ${nameNodes([node], 1)}, its end:`),
      lines.flatMap((line) => textLines(view, line, 3)),
      view,
    ),
  ]);
}

function joinLines(lines: readonly string[]): string {
  return `${lines.join('\n')}\n`;
}

/**
 * The report for a terminal or a log, which people read from its end: the stages, the logs and the warnings, then what
 * the last rows have to hold: the verdict, its causes and what to run. Ends with a line break.
 */
export function finalText(report: Report, view: TextView = logView): string {
  if (report.problems.length > 0) {
    return joinLines([...verdictLines(report, view), ...commandLines(report, view), ...problemLines(report, view)]);
  }
  const { lines, complete } = closing(report, view);
  const above = [
    ...stageLines(report, view),
    ...logSections(report, view),
    ...allEntries(warningEntries(report), report, view),
    ...(complete
      ? []
      : ['', ...section('causes', 'All causes, with details:', allEntries(causeEntries(report), report, view), view)]),
  ];
  return joinLines([...(above.length > 0 ? [...above, ''] : []), ...lines]);
}

/**
 * The verdict, its causes and what to do, in at most this many bytes of UTF-8: as many whole lines as fit, from the
 * start. Ends with a line break.
 */
export function messageText(report: Report, maxBytes: number): string {
  const lines = [
    ...verdictLines(report, logView),
    ...commandLines(report, logView),
    ...problemLines(report, logView),
    ...(report.verdict === 'healthy' ? [] : allEntries(causeEntries(report), report, logView)),
  ];
  while (lines.length > 1 && Buffer.byteLength(joinLines(lines)) > maxBytes) {
    lines.pop();
  }
  return `${truncateBytes(joinLines(lines).trimEnd(), maxBytes - 1)}\n`;
}

/** The text's start that fits, without a part of a character at its end. */
function truncateBytes(text: string, maxBytes: number): string {
  return new TextDecoder().decode(Buffer.from(text).subarray(0, maxBytes), { stream: true });
}

/** The verdict and its first causes, without details. Ends with a line break. */
export function shortText(report: Report, view: TextView = logView): string {
  const entries = report.verdict === 'healthy' ? [] : causeEntries(report);
  const more = entries.length - maxShortEntries;
  return joinLines([
    ...verdictLines(report, view),
    ...commandLines(report, view),
    ...problemLines(report, view),
    ...entries.slice(0, maxShortEntries).flatMap((entry) => entryHeadline(entry, report, view, shortNames)),
    ...(more > 0 ? [`and ${count(more, 'more cause')}`] : []),
  ]);
}
