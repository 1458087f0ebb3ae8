/** Characters of one text: more than any message of Talos or of a service that is fit to be read. */
const longest = 8192;

function truncate(text: string): string {
  // The detour over bytes makes a copy: a part of a string would keep the whole of it in memory.
  const start = Buffer.from(text.slice(0, longest)).toString();
  return `${start}… (cut, of ${text.length} characters)`;
}

/**
 * Cuts the long texts within what a node has answered, in place. They end up in
 * findings, in messages and several times in a report; of some megabytes each
 * they would keep the gate busy for seconds after its deadline.
 */
export function clipTexts<T>(answer: T): T {
  if (typeof answer === 'object' && answer !== null) {
    for (const [key, value] of Object.entries(answer)) {
      if (typeof value !== 'string') {
        clipTexts(value);
      } else if (value.length > longest) {
        Reflect.set(answer, key, truncate(value));
      }
    }
  }
  return answer;
}
