import { sanitize } from '../sanitize/sanitize.ts';
import { symbol, tally } from '../status.ts';
import type { View } from '../view.ts';
import { type Paint, toneOf } from './colour.ts';
import { elapsed, firstCauses, type Moment, remaining, withoutCauses } from './heartbeat.ts';
import { liveTable } from './live-table.ts';
import { fitAtMost } from './width.ts';
import { wrapAt } from './wrap.ts';

/** The size of a terminal, in characters. */
export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** The state of the wait that a frame shows. */
export interface Live extends Moment {
  /** Completed rounds. */
  readonly rounds: number;
}

const maxCauses = 3;

/** The causes, wrapped if they then leave half of the rows to the table, else one row each. */
function causeLines(causes: readonly string[], columns: number, rows: number): readonly string[] {
  const lines = causes.map((cause) => `   ${sanitize(cause)}`);
  const wrapped = lines.flatMap((line) => wrapAt(columns)(line, 5, 'text'));
  return (wrapped.length * 2 > rows ? lines : wrapped).map((line) => fitAtMost(line, columns));
}

function footer(live: Live, columns: number, rows: number, paint: Paint): string[] {
  const { lines, more } = firstCauses(live, maxCauses);
  const causes = lines.length === 0 && live.view !== undefined ? [withoutCauses(live)] : lines;
  const left = remaining(live);
  const clock = [
    `⏳ waiting for ${elapsed(live)}`,
    ...(left === undefined ? [] : [left]),
    live.rounds === 0 ? 'asking the cluster' : `round ${live.rounds}`,
  ];
  return [
    paint('heading', fitAtMost(clock.join(', '), columns)),
    ...causeLines(causes, columns, rows),
    ...(more > 0 ? [paint('quiet', fitAtMost(`   and ${more} more`, columns))] : []),
  ];
}

/** One line per stage, for terminals that are too narrow for the table. */
function list(view: View, columns: number, paint: Paint): string[] {
  return view.stages.map(({ stage, status, findings }) =>
    // `cancelled`: pending counts as failing only at the deadline.
    paint(toneOf(status), fitAtMost(`${symbol(status)} ${stage}: ${tally(findings, 'cancelled')}`, columns)),
  );
}

/**
 * The lines for a terminal of this size: sanitized, not wider than the
 * terminal, and without its last row, which is left for the cursor.
 */
export function liveFrame(live: Live, size: Size, paint: Paint): string[] {
  const { view } = live;
  const columns = Math.max(1, size.columns - 1);
  const below = footer(live, columns, size.rows, paint);
  const room = size.rows - 1 - below.length - 1;
  const above =
    view === undefined || view.findings.length === 0
      ? []
      : (liveTable(view.rows, room, columns, paint) ?? list(view, columns, paint));
  // If there are too many rows, the first are dropped: the elapsed time and the causes matter most.
  return [...above, ...below].slice(-Math.max(1, size.rows - 1));
}
