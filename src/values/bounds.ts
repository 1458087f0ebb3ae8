/** Some fifty clusters of a kubeconfig; a secret of GitHub's holds 48 KiB. */
export const mostCharacters = 256 * 1024;

/** What as many clusters have, and more. */
export const mostMarks = 5000;

/** Line breaks and `&*,[]{}`. */
const marks = new Set([10, 13, 38, 42, 44, 91, 93, 123, 125]);

/** `-:?`, which begin an entry if a blank follows. */
const marksBeforeBlanks = new Set([45, 58, 63]);

/**
 * How many lines, entries, anchors and aliases the text may have as YAML, at most: what
 * parsing it costs. Counting ends above the bound.
 */
export function countMarks(text: string): number {
  let count = 0;
  for (let index = 0; index < text.length && count <= mostMarks; index += 1) {
    const code = text.charCodeAt(index);
    if (marks.has(code) || (marksBeforeBlanks.has(code) && text.charCodeAt(index + 1) <= 32)) count += 1;
  }
  return count;
}

/** Why a text is too expensive to parse; undefined if it is not. */
export function excessOf(text: string): string | undefined {
  if (text.length > mostCharacters) return 'more than 256 KiB of text';
  if (countMarks(text) > mostMarks) return `text with more than ${mostMarks} lines and entries`;
  // The parser expands the prefix, of any length, at every tag that uses it.
  return /^%TAG\b/m.test(text) ? 'YAML with a %TAG directive' : undefined;
}
