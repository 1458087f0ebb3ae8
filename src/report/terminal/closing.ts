import { count } from '../../checks/text.ts';
import { broken, commandFailed, compare, describeCommand, differences } from '../comparison.ts';
import { nameNodes } from '../groups.ts';
import type { Report } from '../model.ts';
import { about, outcomeText } from '../text.ts';
import type { Tone } from './colour.ts';
import { briefDetails, causeEntries, entryBlocks, fullDetail } from './entries.ts';
import { type TextView, textLines } from './text-view.ts';

/** Lines that say what has changed since the gate before the command. */
const maxChanges = 5;
const maxNodes = 5;

const tones: Readonly<Record<Report['verdict'], Tone>> = {
  healthy: 'good',
  unhealthy: 'bad',
  error: 'bad',
  cancelled: 'attention',
};

export function verdictLines(report: Report, view: TextView): readonly string[] {
  const tone = commandFailed(report) ? 'bad' : tones[report.verdict];
  return textLines(view, outcomeText(report), 0, 3).map((line) => view.paint(tone, line));
}

function changes(before: Report, report: Report): readonly string[] {
  const comparison = compare(before, report);
  const all = [
    ...broken(comparison).map((group) => `broken since: ${group.check} on ${nameNodes(group.nodes, maxNodes)}`),
    ...differences(comparison),
  ];
  const more = all.length - maxChanges;
  return more > 0 ? [...all.slice(0, maxChanges), `and ${count(more, 'more difference')}`] : all;
}

/** The outcome of the command, and what has changed since the gate before it. */
export function commandLines(report: Report, view: TextView): readonly string[] {
  const { command, before } = report;
  if (command === undefined) {
    return [];
  }
  const tone = commandFailed(report) ? 'bad' : 'attention';
  const plain = command.ran && command.exitCode === 0;
  return [
    ...textLines(view, `${describeCommand(command)}.`).map((line) => (plain ? line : view.paint(tone, line))),
    ...(before === undefined ? [] : changes(before, report)).flatMap((change) => textLines(view, change, 3, 6)),
  ];
}

/** The last lines of a report. */
export interface Closing {
  readonly lines: readonly string[];
  /** Whether all causes are shown with all that is known of them. */
  readonly complete: boolean;
}

/**
 * The verdict, its causes and what to run, with as many details as fit into
 * the last rows of the terminal or log.
 */
export function closing(report: Report, view: TextView): Closing {
  const head = [...verdictLines(report, view), ...commandLines(report, view), ...textLines(view, about(report))];
  const entries = causeEntries(report);
  const room = view.rows - head.length;
  const full = entryBlocks(entries, report, view, fullDetail).flat();
  if (full.length <= room) {
    return { lines: [...head, ...full], complete: true };
  }
  const brief = briefDetails.map((detail) => entryBlocks(entries, report, view, detail));
  const fitting = brief.find((blocks) => blocks.flat().length < room);
  const lines = fitting === undefined ? firstBlocks(brief.at(-1) ?? [], room) : [...fitting.flat(), detailsAbove];
  return { lines: [...head, ...lines], complete: false };
}

const detailsAbove = 'Details and further commands are above.';

/** As many blocks as fit, but at least one, and the number of the rest. */
function firstBlocks(blocks: readonly (readonly string[])[], room: number): readonly string[] {
  const ends = blocks.map((_, index) => blocks.slice(0, index + 1).flat().length);
  const shown = Math.max(1, ends.findLastIndex((end) => end < room) + 1);
  const more = blocks.length - shown;
  return [...blocks.slice(0, shown).flat(), more > 0 ? `And ${count(more, 'more cause')}, above.` : detailsAbove];
}
