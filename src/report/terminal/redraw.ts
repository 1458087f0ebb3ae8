import type { Size } from './live.ts';
import { displayWidth } from './width.ts';

const moveUp = (rows: number): string => (rows > 0 ? `\u001b[${rows}A` : '');
const clearLine = '\u001b[K';
const clearBelow = '\u001b[J';

/**
 * The rows that a line takes in a terminal of this width. A terminal that has
 * become narrower since has wrapped it.
 */
function rowsOf(line: string, columns: number): number {
  return Math.max(1, Math.ceil(displayWidth(line) / Math.max(1, columns)));
}

/** Lines that have left the screen at its top, since the terminal has fewer rows than they take. */
function scrolledAway(lines: readonly string[], { columns, rows }: Size): readonly string[] {
  let room = rows - 1;
  const visible = lines.findLastIndex((line) => {
    room -= rowsOf(line, columns);
    return room < 0;
  });
  return lines.slice(0, visible + 1);
}

export interface Redrawn {
  readonly output: string;
  /** What is to be replaced next: also lines out of reach, which come back if the terminal gets more rows. */
  readonly drawn: readonly string[];
}

/**
 * Replaces what was drawn, whatever size the terminal had then. No new line may
 * be wider than the terminal. The cursor ends at the start of the line below.
 */
export function redraw(drawn: readonly string[], lines: readonly string[], size: Size): Redrawn {
  const total = drawn.reduce((sum, line) => sum + rowsOf(line, size.columns), 0);
  const text = lines.map((line) => `${line}${clearLine}\n`).join('');
  // Rows that the terminal has wrapped still belong together when it is resized again, unless they are cleared.
  const clear = total > drawn.length ? clearBelow : '';
  return {
    output: `\r${moveUp(Math.min(total, size.rows - 1))}${clear}${text}${clearBelow}`,
    drawn: [...scrolledAway(drawn, size), ...lines],
  };
}
