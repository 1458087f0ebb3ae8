/** Maximum length of one text, in characters: longer than any useful message of Talos or of a service. */
const longest = 8192;

function truncate(text: string): string {
  // Copying through a buffer releases the original: a substring would keep the whole string in memory.
  const start = Buffer.from(text.slice(0, longest)).toString();
  return `${start}… (cut, of ${text.length} characters)`;
}

/**
 * Truncates long texts in an answer of a node, in place. They are repeated in findings, messages and reports: with some
 * megabytes each, they would keep the gate busy for seconds after its deadline.
 */
export function truncateTexts<T>(answer: T): T {
  if (typeof answer === 'object' && answer !== null) {
    for (const [key, value] of Object.entries(answer)) {
      if (typeof value !== 'string') {
        truncateTexts(value);
      } else if (value.length > longest) {
        Reflect.set(answer, key, truncate(value));
      }
    }
  }
  return answer;
}
