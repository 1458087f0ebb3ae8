import { type Paint, toneOf } from './colour.ts';
import { elapsed, type Moment, missing, remaining } from './heartbeat.ts';
import { liveTable } from './live-table.ts';
import { sanitize } from './sanitize.ts';
import { symbol, tally } from './status.ts';
import type { View } from './view.ts';
import { fitAtMost } from './width.ts';

/** What a terminal can show, in characters. */
export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** What is shown of the wait. */
export interface Live extends Moment {
  /** Rounds that have ended. */
  readonly rounds: number;
}

const mostMissing = 3;

function footer(live: Live, columns: number, paint: Paint): string[] {
  const { lines, more } = missing(live, mostMissing);
  const left = remaining(live);
  const clock = [
    `⏳ waiting for ${elapsed(live)}`,
    ...(left === undefined ? [] : [left]),
    live.rounds === 0 ? 'asking the cluster' : `round ${live.rounds}`,
  ];
  return [
    paint('heading', fitAtMost(clock.join(', '), columns)),
    ...lines.map((line) => fitAtMost(`   ${sanitize(line)}`, columns)),
    ...(more > 0 ? [paint('quiet', fitAtMost(`   and ${more} more`, columns))] : []),
  ];
}

/** One line a stage, for a terminal too narrow for the table. */
function list(view: View, columns: number, paint: Paint): string[] {
  return view.stages.map(({ stage, status, findings }) =>
    // While it waits nothing is settled yet: what is pending is no failure.
    paint(toneOf(status), fitAtMost(`${symbol(status)} ${stage}: ${tally(findings, 'cancelled')}`, columns)),
  );
}

/**
 * What a terminal of this size shows of the wait: lines that are harmless, that
 * no terminal wraps, and that leave it its last line for the cursor.
 */
export function liveFrame(live: Live, size: Size, paint: Paint): string[] {
  const { view } = live;
  const columns = Math.max(1, size.columns - 1);
  const below = footer(live, columns, paint);
  const room = size.rows - 1 - below.length - 1;
  const above =
    view === undefined || view.findings.length === 0
      ? []
      : (liveTable(view.rows, room, columns, paint) ?? list(view, columns, paint));
  // What is left out goes from the top: the clock and what is missing say most.
  return [...above, ...below].slice(-Math.max(1, size.rows - 1));
}
