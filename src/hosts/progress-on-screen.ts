import { inColour, withoutColour } from '../report/terminal/colour.ts';
import { liveFrame } from '../report/terminal/live.ts';
import { type View, viewOf } from '../report/view.ts';
import type { Progress, Span } from './progress.ts';
import type { Screen } from './screen.ts';

/** For a terminal: a table of nodes and stages that is redrawn in place and cleared at the end. */
export function drawProgress(screen: Screen, span: Span): Progress {
  const paint = screen.colour ? inColour : withoutColour;
  let view: View | undefined;
  let rounds = 0;
  let shownAt = span.startedAt;
  const draw = (now: number): void => {
    shownAt = now;
    screen.draw(liveFrame({ ...span, view, now, rounds }, screen.size(), paint));
  };
  draw(shownAt);
  screen.onResize(() => draw(shownAt));
  return {
    interval: 1000,
    onRound: (round, now) => {
      view = viewOf(round);
      rounds += 1;
      draw(now);
    },
    onTime: draw,
    [Symbol.dispose]: () => screen.clear(),
  };
}
