import type { Size } from '../report/terminal/live.ts';
import { redraw } from '../report/terminal/redraw.ts';
import { type Env, wantsColour } from './terminal-support.ts';

/** A part of a terminal whose lines can be redrawn. */
export interface Screen {
  readonly colour: boolean;
  size(): Size;
  /** Replaces the lines of the previous call. */
  draw(lines: readonly string[]): void;
  /** Removes everything that was drawn. */
  clear(): void;
}

/** The part of a terminal's stream that a screen uses, such as `process.stderr`. */
interface Terminal extends Partial<Size> {
  write(text: string): boolean;
}

const hideCursor = '\u001b[?25l';
const showCursor = '\u001b[?25h';
const defaultSize = { columns: 80, rows: 24 };

/** Hides the cursor at the first drawing, and shows it again however the process ends. */
export function openScreen(stream: Terminal, env: Env): Screen {
  let drawn: readonly string[] = [];
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
    stream.write((hidden ? '' : hideCursor) + redraw(drawn, lines, size().columns));
    hidden = true;
    drawn = lines;
  };
  process.once('exit', restoreCursor);
  return {
    colour: wantsColour(true, env),
    size,
    draw,
    clear: () => {
      if (drawn.length > 0) {
        draw([]);
      }
      restoreCursor();
      process.off('exit', restoreCursor);
    },
  };
}
