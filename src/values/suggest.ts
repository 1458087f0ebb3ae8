import leven from 'leven';

/** The maximum length of a word to search for. */
const maxLength = 40;

/**
 * The most similar candidate: the nearest within a third of its letters, otherwise
 * one that has the word between its hyphens.
 */
export function suggest(word: string, candidates: readonly string[]): string | undefined {
  if (word.length > maxLength) return undefined;
  const whole = candidates.find((candidate) => candidate.split('-').includes(word));
  const near = candidates
    .filter((candidate) => candidate.length <= 2 * maxLength)
    .map((candidate) => ({ candidate, distance: leven(word, candidate) }))
    .filter(({ candidate, distance }) => distance <= Math.max(1, Math.floor(candidate.length / 3)))
    .sort((a, b) => a.distance - b.distance)[0]?.candidate;
  return near ?? whole;
}
