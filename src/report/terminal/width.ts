import stringWidth from 'string-width';
import { graphemes } from '../sanitize/graphemes.ts';

/** The columns that a text takes in a terminal, not counting colours. */
export const displayWidth = (text: string): number => stringWidth(text);

/** Pads a text with spaces, or truncates it by grapheme with an ellipsis, to exactly `columns`. For texts without colours. */
export function fit(text: string, columns: number): string {
  const fitted = fitAtMost(text, columns);
  return fitted + ' '.repeat(columns - displayWidth(fitted));
}

/** Truncates a text by grapheme with an ellipsis, to at most `columns`. For texts without colours. */
export function fitAtMost(text: string, columns: number): string {
  let width = 0;
  let end = 0;
  for (const { segment, index } of graphemes(text)) {
    width += displayWidth(segment);
    if (width > columns) {
      return columns < 1 ? '' : `${text.slice(0, end)}…`;
    }
    // The text up to here leaves a column for the ellipsis.
    if (width < columns) {
      end = index + segment.length;
    }
  }
  return text;
}
