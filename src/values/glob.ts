/**
 * Whether a text matches a pattern of `*` (anything, also nothing) and `?`
 * (one character). Its work is bounded by the product of the lengths, which no regular expression promises.
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
      // The last star takes one character more.
      resume += 1;
      at = resume;
      wanted = star + 1;
    } else {
      return false;
    }
  }
  return /^\**$/.test(pattern.slice(wanted));
}
