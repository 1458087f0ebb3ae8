import { graphemes } from './graphemes.ts';

/** Combining marks per character: more of them would overlap the neighbouring lines. */
const maxMarks = 4;

/**
 * Complete terminal sequences: OSC (titles, links), DCS, SOS, PM and APC with
 * their terminators, CSI (colours, cursor), and short escapes. Of a sequence
 * without a terminator only the introducer is removed, so that a node cannot
 * hide the text that follows.
 */
const terminalSequence = new RegExp(
  [
    String.raw`(?:\u001b[\]PX^_]|[\u0090\u0098\u009d-\u009f])[^\u0000-\u001f\u007f-\u009f]*(?:\u0007|\u001b\\|\u009c)`,
    String.raw`(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]`,
    String.raw`\u001b[ -/]*[0-~]`,
  ].join('|'),
  'g',
);
/** Line breaks of any kind, tabs, and spaces of any width. Plain spaces are trimmed at the ends. */
const blank = /\r\n|[\t\n\v\f\r\u0085\p{Z}]/gu;
/** Control characters, bidirectional controls, zero-width characters, tags, variation selectors. */
const invisible = /[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;
const piledMarks = new RegExp(String.raw`(\p{M}{${maxMarks}})\p{M}+`, 'gu');

/**
 * An untrusted text as one line without terminal sequences, control or
 * invisible characters, line breaks and lone surrogates.
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

/** UTF-16 units per grapheme, on average. A single grapheme can be of any length. */
const unitsPerGrapheme = 16;

/** At most `limit` graphemes; the last one is an ellipsis if the text was longer. */
export function truncate(text: string, limit: number): string {
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

/** Truncated like `truncate`, but after a whole part (before an open bracket, a colon, a semicolon or a comma) if one ends in its second half. */
export function truncateAtPart(text: string, limit: number): string {
  const short = truncate(text, limit);
  const bracket = short.lastIndexOf(' (');
  const isOpen = bracket > short.lastIndexOf(')') && bracket >= short.length / 2;
  const end = isOpen ? bracket : Math.max(...[': ', '; ', ', '].map((mark) => short.lastIndexOf(mark)));
  return short === text || end < short.length / 2 ? short : `${short.slice(0, end)} …`;
}

/** At most `limit` graphemes: a name that is longer keeps its beginning and its end, which tell nodes apart. */
export function shorten(name: string, limit: number): string {
  const parts = [...graphemes(name.slice(0, limit * unitsPerGrapheme * 2))].map(({ segment }) => segment);
  const head = Math.ceil((limit - 1) * 0.6);
  return parts.length <= limit ? name : `${parts.slice(0, head).join('')}…${parts.slice(head + 1 - limit).join('')}`;
}
