/**
 * Wraps a text into lines of at most `width` columns, including the prefix of each
 * line. A longer word has a line of its own.
 */
export function wrap(text: string, prefix: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && prefix.length + line.length + 1 + word.length > width) {
      lines.push(prefix + line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, prefix + line];
}

/** The default width of a terminal, in columns. */
export const terminalWidth = 80;
