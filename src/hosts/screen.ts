import type { Size } from '../report/terminal/live.ts';
import { redraw } from '../report/terminal/redraw.ts';
import { type Env, wantsColour } from './terminal-support.ts';

/** A part of a terminal whose lines can be drawn anew. */
export interface Screen {
  readonly colour: boolean;
  size(): Size;
  /** Draws these lines in place of the last ones. */
  draw(lines: readonly string[]): void;
  /** Leaves nothing of what was drawn. */
  clear(): void;
}

/** What a screen needs of a stream that leads to a terminal, such as `process.stderr`. */
interface Terminal extends Partial<Size> {
  write(text: string): boolean;
}

const hideCursor = '\u001b[?25l';
const showCursor = '\u001b[?25h';
const usualSize = { columns: 80, rows: 24 };

/** The terminal behind a stream. Its cursor is hidden from the first drawing on, and back whatever ends the process. */
export function openScreen(stream: Terminal, env: Env): Screen {
  let drawn: readonly string[] = [];
  let hidden = false;
  const show = (): void => {
    if (hidden) {
      stream.write(showCursor);
      hidden = false;
    }
  };
  // Some terminals tell no size, or one of 0.
  const size = (): Size => ({
    columns: stream.columns || usualSize.columns,
    rows: stream.rows || usualSize.rows,
  });
  const draw = (lines: readonly string[]): void => {
    stream.write((hidden ? '' : hideCursor) + redraw(drawn, lines, size().columns));
    hidden = true;
    drawn = lines;
  };
  process.once('exit', show);
  return {
    colour: wantsColour(true, env),
    size,
    draw,
    clear: () => {
      if (drawn.length > 0) {
        draw([]);
      }
      show();
      process.off('exit', show);
    },
  };
}
