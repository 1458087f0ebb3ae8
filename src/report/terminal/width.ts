import stringWidth from 'string-width';
import { graphemes } from '../sanitize/graphemes.ts';

/**
 * The columns that a text takes in a terminal, not counting colours. Terminals draw characters of ambiguous width, such
 * as `…`, in one or two columns: two are counted, so that no line is wider than counted.
 */
export const displayWidth = (text: string): number => stringWidth(text, { ambiguousIsNarrow: false });

/** Pads a text with spaces, or truncates it by grapheme with an ellipsis, to exactly `columns`. For texts without colours. */
export function fit(text: string, columns: number): string {
  const fitted = fitAtMost(text, columns);
  return fitted + ' '.repeat(columns - displayWidth(fitted));
}

const ellipsis = '…';

/** Truncates a text by grapheme with an ellipsis, to at most `columns`. For texts without colours. */
export function fitAtMost(text: string, columns: number): string {
  const room = columns - displayWidth(ellipsis);
  let width = 0;
  let end = 0;
  for (const { segment, index } of graphemes(text)) {
    width += displayWidth(segment);
    if (width > columns) {
      return room < 0 ? '' : text.slice(0, end) + ellipsis;
    }
    if (width <= room) {
      end = index + segment.length;
    }
  }
  return text;
}
