import { graphemes } from './graphemes.ts';

/** Most combining marks that one character may carry; more only serve to draw over the neighbouring lines. */
const mostMarks = 4;

/**
 * Terminal sequences, whole: OSC (titles, links) with its end, DCS, SOS, PM and
 * APC with theirs, CSI (colours, cursor), and the short escapes. A string
 * sequence without its end loses only its introducer, so that a node cannot
 * hide what follows.
 */
const terminalSequence = new RegExp(
  [
    String.raw`(?:\u001b[\]PX^_]|[\u0090\u0098\u009d-\u009f])[^\u0000-\u001f\u007f-\u009f]*(?:\u0007|\u001b\\|\u009c)`,
    String.raw`(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]`,
    String.raw`\u001b[ -/]*[0-~]`,
  ].join('|'),
  'g',
);
/** Whatever starts a new line somewhere, tabs, and every width of blank, which trimming must recognise. */
const blank = /\r\n|[\t\n\v\f\r\u0085\p{Z}]/gu;
/** Control characters, bidirectional controls, zero-width characters, tags, variation selectors. */
const invisible = /[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;
const piledMarks = new RegExp(String.raw`(\p{M}{${mostMarks}})\p{M}+`, 'gu');

/**
 * A node's text as one line that says what it shows: no terminal sequences, no
 * control characters, no line breaks, nothing invisible, no half characters.
 */
export function sanitize(text: string): string {
  return text
    .toWellFormed()
    .replace(terminalSequence, '')
    .replace(blank, ' ')
    .replace(invisible, '')
    .replace(piledMarks, '$1')
    .trim();
}

/** UTF-16 units that a grapheme may have on average; scripts exist in which one has no end. */
const unitsPerGrapheme = 16;

/** At most `limit` graphemes, the last of them an ellipsis where something was cut. */
export function cut(text: string, limit: number): string {
  if (text.length <= limit) {
    return text;
  }
  const head = text.slice(0, limit * unitsPerGrapheme);
  let end = 0;
  let count = 0;
  for (const { index } of graphemes(head)) {
    count += 1;
    if (count <= limit) {
      end = index;
    }
  }
  return count <= limit && head.length === text.length ? text : `${head.slice(0, end)}…`;
}
