import type { Size } from './live.ts';
import { displayWidth } from './width.ts';

const moveUp = (rows: number): string => (rows > 0 ? `\u001b[${rows}A` : '');
const clearLine = '\u001b[K';
const clearRow = '\u001b[2K';
const clearBelow = '\u001b[J';

/**
 * The rows that a line of this width takes. A terminal that has become narrower
 * since it was drawn has wrapped it.
 */
function rowsOf(width: number, columns: number): number {
  return Math.max(1, Math.ceil(width / Math.max(1, columns)));
}

/** Lines that have left the screen at its top, since the terminal has fewer rows than they take. */
function scrolledAway(drawn: readonly number[], { columns, rows }: Size): readonly number[] {
  let below = 0;
  for (const [index, width] of [...drawn.entries()].reverse()) {
    below += rowsOf(width, columns);
    const above = below - (rows - 1);
    if (above > 0) {
      return [...drawn.slice(0, index), Math.min(width, above * columns)];
    }
  }
  return [];
}

export interface Redrawn {
  readonly output: string;
  /** The widths of the lines to replace next: also of those out of reach, which come back if the terminal gets more rows. */
  readonly drawn: readonly number[];
}

/**
 * Replaces what was drawn, whatever size the terminal had then. No new line may
 * be wider than the terminal. The cursor ends at the start of the line below.
 *
 * @param drawn of the previous call
 */
export function redraw(drawn: readonly number[], lines: readonly string[], size: Size): Redrawn {
  const total = drawn.reduce((sum, width) => sum + rowsOf(width, size.columns), 0);
  const text = lines.map((line) => `${line}${clearLine}\n`).join('');
  const rows = Math.min(total, size.rows - 1);
  // Rows that the terminal has wrapped still belong together when it is resized again, unless each is cleared. To clear
  // all at once from the top of the screen would move them into the history of some terminals.
  const mustClear = total > drawn.length || lines.length === 0;
  const clear = mustClear ? `${clearRow}\n`.repeat(rows) + moveUp(rows) : '';
  return {
    output: `\r${moveUp(rows)}${clear}${text}${clearBelow}`,
    drawn: [...scrolledAway(drawn, size), ...lines.map(displayWidth)],
  };
}
