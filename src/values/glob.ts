/**
 * Whether a text matches a pattern with `*` (any characters, or none) and `?` (one
 * character). Takes at most the product of the lengths in steps; a regular expression can take exponentially many.
 */
export function matchesGlob(text: string, pattern: string): boolean {
  let at = 0;
  let wanted = 0;
  let star = -1;
  let resume = 0;
  while (at < text.length) {
    if (pattern[wanted] === '*') {
      star = wanted;
      resume = at;
      wanted += 1;
    } else if (wanted < pattern.length && (pattern[wanted] === '?' || pattern[wanted] === text[at])) {
      at += 1;
      wanted += 1;
    } else if (star >= 0) {
      // Backtrack: the last star matches one more character.
      resume += 1;
      at = resume;
      wanted = star + 1;
    } else {
      return false;
    }
  }
  return /^\**$/.test(pattern.slice(wanted));
}
