import { stripVTControlCharacters } from 'node:util';
import { graphemes } from './graphemes.ts';

/** Two columns: East Asian wide and full-width characters, and what shows as an emoji of its own accord. */
const wide =
  /^(?:[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6b\uff01-\uff60\uffe0-\uffe6\u{17000}-\u{18cff}\u{1b000}-\u{1b2fb}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}|\p{Regional_Indicator}|.*\ufe0f)/u;
/** No column at all, where they stand alone: combining marks, and what is invisible. */
const narrow = /^[\p{M}\p{Cf}\p{Cc}]+$/u;

function graphemeWidth(grapheme: string): number {
  return narrow.test(grapheme) ? 0 : wide.test(grapheme) ? 2 : 1;
}

/** Columns that a text takes in a terminal. Colours count nothing. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const { segment } of graphemes(stripVTControlCharacters(text))) {
    width += graphemeWidth(segment);
  }
  return width;
}

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
    width += graphemeWidth(segment);
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
