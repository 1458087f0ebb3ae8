/** No name that a person types is longer. */
const longestWord = 40;

/**
 * The candidate that a mistyped word probably meant: one that contains it or is
 * contained in it as a whole part, else the nearest within a third of its letters.
 */
export function suggest(word: string, candidates: readonly string[]): string | undefined {
  if (word.length > longestWord) return undefined;
  const whole = candidates.find((candidate) => candidate.split('-').includes(word));
  const near = candidates
    .filter((candidate) => candidate.length <= 2 * longestWord)
    .map((candidate) => ({ candidate, distance: editDistance(word, candidate) }))
    .filter(({ candidate, distance }) => distance <= Math.max(1, Math.floor(candidate.length / 3)))
    .sort((a, b) => a.distance - b.distance)[0]?.candidate;
  return near ?? whole;
}

/** Levenshtein's: letters to insert, delete or replace. */
function editDistance(from: string, to: string): number {
  let previous = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [row, letter] of [...from].entries()) {
    const current = [row + 1];
    for (const [column, other] of [...to].entries()) {
      const replaced = (previous[column] ?? 0) + (letter === other ? 0 : 1);
      current.push(Math.min(replaced, (previous[column + 1] ?? 0) + 1, (current[column] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[to.length] ?? 0;
}
