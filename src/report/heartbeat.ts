import { formatDuration } from '../values/duration.ts';
import { causeLine, lasting } from './cause-text.ts';
import { logLine } from './escape.ts';
import type { View } from './view.ts';

/** A moment of the wait. Times are epoch milliseconds. */
export interface Moment {
  /** Of the last round that has ended; undefined before the first. */
  readonly view: View | undefined;
  readonly startedAt: number;
  readonly now: number;
  /** Undefined if the gate takes one look. */
  readonly deadline: number | undefined;
}

const mostNodes = 3;

/** In whole seconds: a line that comes by the clock needs no tenths. */
function seconds(milliseconds: number): string {
  return formatDuration(Math.max(0, Math.round(milliseconds / 1000) * 1000));
}

/** How long a wait has to go, such as `8m30s left`; undefined if nobody waits. */
export function remaining({ now, deadline }: Moment): string | undefined {
  return deadline === undefined ? undefined : `${seconds(deadline - now)} left`;
}

/** How long it has been waiting. */
export function elapsed({ startedAt, now }: Moment): string {
  return seconds(now - startedAt);
}

/** The first causes, each on a line with how long it has lasted, and how many there are besides. Not escaped. */
export function missing(
  { view, now }: Moment,
  most: number,
): { readonly lines: readonly string[]; readonly more: number } {
  const causes = view?.causes ?? [];
  const lines = causes.slice(0, most).map((cause) => {
    const duration = lasting(cause, now);
    return causeLine(cause, mostNodes) + (duration === undefined ? '' : ` (for ${duration})`);
  });
  return { lines, more: causes.length - lines.length };
}

/** The line that says in a log, now and then, that the gate still lives and what it waits for. */
export function waitingLine(moment: Moment): string {
  const { lines, more } = missing(moment, 1);
  const what = lines[0] ?? `${moment.view ? 'every check to pass' : 'the first answers'} (for ${elapsed(moment)})`;
  const others = more === 0 ? '' : ` and ${more} more`;
  const left = remaining(moment);
  return logLine(`⏳ still waiting for ${what}${others}${left === undefined ? '' : `; ${left}`}`);
}
