import type { Round } from '../gate/rounds.ts';
import { type Moment, waitingLine } from '../report/terminal/heartbeat.ts';
import { progressLines } from '../report/terminal/progress.ts';
import { type View, viewOf } from '../report/view.ts';

/** The part of a round that progress shows. */
export type ObservedRound = Pick<Round, 'snapshot' | 'findings' | 'history'>;

/** Reports the progress of the wait. Times are epoch milliseconds. */
export interface Progress extends Disposable {
  /** How often to call `onTime`, in milliseconds. */
  readonly interval: number;
  onRound(round: ObservedRound, now: number): void;
  onTime(now: number): void;
}

/** The start and the deadline of the wait; without a deadline, the gate runs a single round. */
export type Span = Pick<Moment, 'startedAt' | 'deadline'>;

/** For a log: lines for what has changed, and every 30 seconds one for what is missing. */
export function logProgress(print: (line: string) => void, span: Span): Progress {
  let view: View | undefined;
  return {
    interval: 30_000,
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
