import { count } from '../../checks/text.ts';
import { formatDuration } from '../../values/duration.ts';
import { causeLine, lasting } from '../cause-text.ts';
import { logLine } from '../sanitize/escape.ts';
import { truncate } from '../sanitize/sanitize.ts';
import type { View } from '../view.ts';

/** A moment of the wait. Times are epoch milliseconds. */
export interface Moment {
  /** Of the last round that has ended; undefined before the first. */
  readonly view: View | undefined;
  readonly startedAt: number;
  readonly now: number;
  /** Undefined if the gate does not wait. */
  readonly deadline: number | undefined;
}

const maxNodes = 3;

/** Graphemes of a cause: the nodes and the start of what is wrong. */
const maxLength = 140;

/** In whole seconds: a periodic line needs no fractions. */
function seconds(milliseconds: number): string {
  return formatDuration(Math.max(0, Math.round(milliseconds / 1000) * 1000));
}

/** The time until the deadline, such as `8m30s left`; undefined if there is none. */
export function remaining({ now, deadline }: Moment): string | undefined {
  return deadline === undefined ? undefined : `${seconds(deadline - now)} left`;
}

/** The time since the start. */
export function elapsed({ startedAt, now }: Moment): string {
  return seconds(now - startedAt);
}

/** The first causes, each with its duration, and the number of the rest. Not escaped. */
export function firstCauses(
  { view, now }: Moment,
  max: number,
): { readonly lines: readonly string[]; readonly more: number } {
  const causes = view?.causes ?? [];
  const lines = causes.slice(0, max).map((cause) => {
    const duration = lasting(cause, now);
    return truncate(causeLine(cause, maxNodes), maxLength) + (duration === undefined ? '' : ` (for ${duration})`);
  });
  return { lines, more: causes.length - lines.length };
}

/** Said while the gate confirms that the cluster is healthy, or that it stays so. */
const allPass = 'every check passes, and has to stay so';

/** What the gate waits for if there are no causes. */
export function withoutCauses({ view }: Moment): string {
  return view === undefined ? 'the first answers' : allPass;
}

/** The periodic log line that says what the gate is waiting for. */
export function waitingLine(moment: Moment): string {
  const { lines, more } = firstCauses(moment, 2);
  const left = remaining(moment);
  const clock = [elapsed(moment), ...(left === undefined ? [] : [left])].join(', ');
  const what = lines.length === 0 ? withoutCauses(moment) : lines.join('; ');
  return logLine(`⏳ still waiting (${clock}): ${what}${more === 0 ? '' : `; and ${count(more, 'more cause')}`}`);
}
