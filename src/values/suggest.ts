import leven from 'leven';

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
    .map((candidate) => ({ candidate, distance: leven(word, candidate) }))
    .filter(({ candidate, distance }) => distance <= Math.max(1, Math.floor(candidate.length / 3)))
    .sort((a, b) => a.distance - b.distance)[0]?.candidate;
  return near ?? whole;
}
