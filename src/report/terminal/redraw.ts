import { displayWidth } from './width.ts';

const moveUp = (rows: number): string => (rows > 0 ? `\u001b[${rows}A` : '');
const clearLine = '\u001b[K';
const clearBelow = '\u001b[J';

/**
 * The rows that lines take in a terminal of this width. If it has become
 * narrower since they were drawn, it has wrapped them.
 */
function rowsOf(lines: readonly string[], columns: number): number {
  return lines.reduce((sum, line) => sum + Math.max(1, Math.ceil(displayWidth(line) / Math.max(1, columns))), 0);
}

/**
 * The output that replaces the previous lines in a terminal. No new line may be
 * wider than the terminal. The cursor ends at the start of the line below.
 */
export function redraw(previous: readonly string[], lines: readonly string[], columns: number): string {
  const rest = lines.map((line) => `${line}${clearLine}\n`).join('');
  return `\r${moveUp(rowsOf(previous, columns))}${rest}${clearBelow}`;
}
