/** The maximum length of a configuration: about fifty clusters of a kubeconfig. A GitHub secret is limited to 48 KiB. */
export const maxCharacters = 256 * 1024;

/** The maximum number of marks: more than fifty clusters have. */
export const maxMarks = 5000;

/** Line breaks and `&*,[]{}`. */
const marks = new Set([10, 13, 38, 42, 44, 91, 93, 123, 125]);

/** `-:?`, which start an entry if a blank follows. */
const marksBeforeBlanks = new Set([45, 58, 63]);

/**
 * An upper bound for the number of lines, entries, anchors and aliases of a YAML
 * text, which determines the cost of parsing it. Stops counting above the maximum.
 */
export function countMarks(text: string): number {
  let count = 0;
  for (let index = 0; index < text.length && count <= maxMarks; index += 1) {
    const code = text.charCodeAt(index);
    if (marks.has(code) || (marksBeforeBlanks.has(code) && text.charCodeAt(index + 1) <= 32)) count += 1;
  }
  return count;
}

/** Why a text is too expensive to parse; undefined if it is not. */
export function excessOf(text: string): string | undefined {
  if (text.length > maxCharacters) return 'more than 256 KiB of text';
  if (countMarks(text) > maxMarks) return `text with more than ${maxMarks} lines and entries`;
  // The parser expands the prefix, of any length, at every tag that uses it.
  return /^%TAG\b/m.test(text) ? 'YAML with a %TAG directive' : undefined;
}
