import { displayWidth } from './width.ts';

const up = (rows: number): string => (rows > 0 ? `\u001b[${rows}A` : '');
const clearLine = '\u001b[K';
const clearBelow = '\u001b[J';

/**
 * Rows that lines take in a terminal so wide now: one that has become narrower
 * since they were drawn has wrapped them.
 */
function rowsOf(lines: readonly string[], columns: number): number {
  return lines.reduce((sum, line) => sum + Math.max(1, Math.ceil(displayWidth(line) / Math.max(1, columns))), 0);
}

/**
 * What to write to a terminal so that new lines stand where the lines before
 * stood; none of the new ones may be wider than it. The cursor stays at the
 * beginning of the line below.
 */
export function redraw(before: readonly string[], lines: readonly string[], columns: number): string {
  const rest = lines.map((line) => `${line}${clearLine}\n`).join('');
  return `\r${up(rowsOf(before, columns))}${rest}${clearBelow}`;
}
