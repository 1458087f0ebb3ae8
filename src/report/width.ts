import stringWidth from 'string-width';
import { graphemes } from './graphemes.ts';

/** Columns that a text takes in a terminal. Colours count nothing. */
export const displayWidth = (text: string): number => stringWidth(text);

/** The text in exactly so many columns: filled with blanks, or cut by grapheme with an ellipsis. Without colours. */
export function fit(text: string, columns: number): string {
  const cut = fitAtMost(text, columns);
  return cut + ' '.repeat(columns - displayWidth(cut));
}

/** The text in at most so many columns, cut by grapheme with an ellipsis. Without colours. */
export function fitAtMost(text: string, columns: number): string {
  let width = 0;
  let end = 0;
  for (const { segment, index } of graphemes(text)) {
    width += displayWidth(segment);
    if (width > columns) {
      return columns < 1 ? '' : `${text.slice(0, end)}…`;
    }
    // What stays where the ellipsis needs the last column.
    if (width < columns) {
      end = index + segment.length;
    }
  }
  return text;
}
