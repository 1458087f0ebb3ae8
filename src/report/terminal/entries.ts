import type { Status } from '../../checks/check.ts';
import { count } from '../../checks/text.ts';
import { rawErrorAt } from '../../diagnosis/raw-error.ts';
import { titleInWords } from '../../diagnosis/title.ts';
import { causeLine, consequencesText, forHowLong, quotedError } from '../cause-text.ts';
import { nameNodes, warnings } from '../groups.ts';
import type { Report } from '../model.ts';
import { logLine } from '../sanitize/escape.ts';
import { finalStatus, symbol, word } from '../status.ts';
import { toneOf } from './colour.ts';
import { type TextView, textLines } from './text-view.ts';

/** A cause or a warning: its headline, the check that reports it, what it means, and what to do. */
export interface Entry {
  readonly status: Status;
  /** @param names nodes to name */
  readonly headline: (names: number) => string;
  readonly check: string;
  /** What was observed, the explanation, then the advice. */
  readonly hints: readonly string[];
  readonly commands: readonly string[];
}

/** How much of an entry is shown. */
interface Detail {
  readonly names: number;
  /** Whether to name the check. */
  readonly check: boolean;
  /** The last hints, which are the advice. */
  readonly hints: number;
  readonly commands: number;
}

export const fullDetail: Detail = { names: 10, check: true, hints: 3, commands: 6 };

/** From the most to the least. */
export const briefDetails: readonly Detail[] = [
  { names: 5, check: true, hints: 1, commands: 2 },
  { names: 3, check: false, hints: 1, commands: 1 },
  { names: 3, check: false, hints: 0, commands: 1 },
];

export function causeEntries({ causes, endedAt, verdict }: Report): readonly Entry[] {
  return causes.map((cause) => ({
    status: cause.status,
    headline: (names) => causeLine(cause, names),
    check: `${cause.check}: ${word(finalStatus(cause.status, verdict))}${forHowLong(cause, endedAt)}${consequencesText(cause)}`,
    hints: [quotedError(cause) ?? '', cause.explanation, cause.hint.text].filter((text) => text !== ''),
    commands: cause.hint.commands,
  }));
}

export function warningEntries(report: Report): readonly Entry[] {
  return warnings(report).map(({ nodes, message, hints, ...rest }) => ({
    ...rest,
    headline: (names) => `${nameNodes(nodes, names)}: ${titleInWords(message, rest.check)}`,
    hints: [...(rawErrorAt(message) < 0 ? [] : [`observed: ${message}`]), ...hints],
  }));
}

export function entryHeadline(
  { status, headline }: Entry,
  { verdict }: Report,
  view: TextView,
  names: number,
): readonly string[] {
  const shown = finalStatus(status, verdict);
  return textLines(view, `${symbol(shown)} ${headline(names)}`, 0, 3).map((line) => view.paint(toneOf(shown), line));
}

/** The first is marked, so that a reader sees what to run. */
function commandLine({ wrap }: TextView, command: string, index: number): readonly string[] {
  const lines = wrap(logLine(command, 8), 10, 'command');
  return lines.map((line, row) => (index === 0 && row === 0 ? line.replace(/^ {8}/, '   run: ') : line));
}

function entryLines(entry: Entry, report: Report, view: TextView, detail: Detail): readonly string[] {
  const { check, hints, commands } = entry;
  const more = commands.length - detail.commands;
  return [
    ...entryHeadline(entry, report, view, detail.names),
    ...(detail.check ? textLines(view, `check ${check}`, 3) : []),
    ...(detail.hints === 0 ? [] : hints.slice(-detail.hints)).flatMap((text) => textLines(view, text, 3)),
    ...commands.slice(0, detail.commands).flatMap((command, index) => commandLine(view, command, index)),
    ...(more > 0 && detail.check ? [logLine(`and ${count(more, 'more command')}`, 8)] : []),
  ];
}

/** The lines of each entry, with an empty line before the first, and with many details before each. */
export function entryBlocks(
  entries: readonly Entry[],
  report: Report,
  view: TextView,
  detail: Detail,
): readonly (readonly string[])[] {
  return entries.map((entry, index) => [
    ...(index === 0 || detail.check ? [''] : []),
    ...entryLines(entry, report, view, detail),
  ]);
}
