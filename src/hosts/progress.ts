import type { Round } from '../gate/rounds.ts';
import { type Moment, waitingLine } from '../report/terminal/heartbeat.ts';
import { progressLines } from '../report/terminal/progress.ts';
import { type View, viewOf } from '../report/view.ts';

/** What followers need to know of a round. */
export type Seen = Pick<Round, 'snapshot' | 'findings' | 'history'>;

/** Tells somebody how the wait goes. Times are epoch milliseconds. */
export interface Follower extends Disposable {
  /** How often it wants to hear that time has passed, in milliseconds. */
  readonly pace: number;
  onRound(round: Seen, now: number): void;
  onTime(now: number): void;
}

/** When the wait began, and when it ends at the latest; without a deadline the gate takes one look. */
export type Span = Pick<Moment, 'startedAt' | 'deadline'>;

/** For a log: lines that say what has changed, and each half minute one that says what is missing. */
export function followInLog(print: (line: string) => void, span: Span): Follower {
  let view: View | undefined;
  return {
    pace: 30_000,
    onRound: (round) => {
      const next = viewOf(round);
      for (const line of progressLines(view, next)) {
        print(line);
      }
      view = next;
    },
    onTime: (now) => print(waitingLine({ ...span, view, now })),
    [Symbol.dispose]: () => undefined,
  };
}
