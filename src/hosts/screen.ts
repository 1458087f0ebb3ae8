import type { Size } from '../report/terminal/live.ts';
import { redraw } from '../report/terminal/redraw.ts';
import { type Env, wantsColour } from './terminal-support.ts';

/** A part of a terminal whose lines can be redrawn. */
export interface Screen {
  readonly colour: boolean;
  size(): Size;
  /** Replaces the lines of the previous call. */
  draw(lines: readonly string[]): void;
  /** Calls back when the size has changed, until `clear`. What was drawn is then torn, until the next `draw`. */
  onResize(call: () => void): void;
  /** Removes everything that was drawn. */
  clear(): void;
}

/** The part of a terminal's stream that a screen uses, such as `process.stderr`. */
interface Terminal extends Partial<Size> {
  write(text: string): boolean;
  on(event: 'resize', listener: () => void): unknown;
  off(event: 'resize', listener: () => void): unknown;
}

const hideCursor = '\u001b[?25l';
const showCursor = '\u001b[?25h';
const defaultSize = { columns: 80, rows: 24 };

/** Hides the cursor at the first drawing, and shows it again however the process ends. */
export function openScreen(stream: Terminal, env: Env): Screen {
  let drawn: readonly number[] = [];
  let hidden = false;
  const restoreCursor = (): void => {
    if (hidden) {
      stream.write(showCursor);
      hidden = false;
    }
  };
  // Some terminals report no size, or 0.
  const size = (): Size => ({
    columns: stream.columns || defaultSize.columns,
    rows: stream.rows || defaultSize.rows,
  });
  const draw = (lines: readonly string[]): void => {
    const next = redraw(drawn, lines, size());
    stream.write((hidden ? '' : hideCursor) + next.output);
    hidden = true;
    drawn = next.drawn;
  };
  let resized = (): void => undefined;
  process.once('exit', restoreCursor);
  return {
    colour: wantsColour(true, env),
    size,
    draw,
    onResize: (call) => {
      stream.off('resize', resized);
      resized = call;
      stream.on('resize', resized);
    },
    clear: () => {
      stream.off('resize', resized);
      if (drawn.length > 0) {
        draw([]);
      }
      restoreCursor();
      process.off('exit', restoreCursor);
    },
  };
}
