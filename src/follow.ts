import type { Round } from './gate/rounds.ts';
import { inColour, withoutColour } from './report/colour.ts';
import { liveFrame } from './report/live.ts';
import { progressLines } from './report/progress.ts';
import { type Moment, waitingLine } from './report/waiting.ts';
import type { Screen } from './terminal.ts';

/** What followers need to know of a round. */
type Seen = Pick<Round, 'snapshot' | 'findings' | 'history'>;

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
  let last: Seen | undefined;
  return {
    pace: 30_000,
    onRound: (round) => {
      for (const line of progressLines(last?.findings, round.findings)) {
        print(line);
      }
      last = round;
    },
    onTime: (now) => print(waitingLine({ ...span, round: last, now })),
    [Symbol.dispose]: () => undefined,
  };
}

/** For a terminal: a table of nodes and stages that is redrawn in place, and gone in the end. */
export function followOnScreen(screen: Screen, span: Span): Follower {
  const paint = screen.colour ? inColour : withoutColour;
  let last: Seen | undefined;
  let rounds = 0;
  const draw = (now: number): void => {
    const nodes = last?.snapshot.cluster.nodes ?? [];
    screen.draw(liveFrame({ ...span, round: last, now, nodes, rounds }, screen.size(), paint));
  };
  draw(span.startedAt);
  return {
    pace: 1000,
    onRound: (round, now) => {
      last = round;
      rounds += 1;
      draw(now);
    },
    onTime: draw,
    [Symbol.dispose]: () => screen.clear(),
  };
}
