/**
 * A text as lines of at most `width` columns, the prefix included; a word that is longer has a line of its own.
 *
 * @param prefix what each line starts with
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

/** The narrowest terminal that is usual, in columns. */
export const terminalWidth = 80;
