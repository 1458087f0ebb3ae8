interface Layout {
  /** Before the first line, and before each further one. */
  readonly first: string;
  readonly rest: string;
  /** After each line but the last. */
  readonly joint?: string;
  readonly width: number;
  /** The columns that a text takes; by default one per character. */
  readonly measure?: (text: string) => number;
}

/** Wraps words into lines of at most `width` columns. A longer word has a line of its own. */
export function wrapWords(words: readonly string[], layout: Layout): readonly string[] {
  const { first, rest, joint = '', width, measure = (text) => text.length } = layout;
  const lines: string[] = [];
  let line = '';
  for (const word of words) {
    const prefix = lines.length === 0 ? first : rest;
    if (line !== '' && measure(`${prefix}${line} ${word}${joint}`) > width) {
      lines.push(`${prefix}${line}${joint}`);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, (lines.length === 0 ? first : rest) + line];
}

/** Wraps a text into lines of at most `width` columns, including the prefix of each line. */
export function wrap(text: string, prefix: string, width: number): readonly string[] {
  return wrapWords(text.split(' '), { first: prefix, rest: prefix, width });
}

/** The default width of a terminal, in columns. */
export const terminalWidth = 80;
