import { redactText } from './sanitize/redact.ts';
import { sanitize, truncate } from './sanitize/sanitize.ts';

/** Graphemes: the verdict and the cause stand behind it. */
const maxTitle = 60;

/** The first of these texts that shows anything, as the name of the gate: on one line, without secrets. Not escaped. */
export function titleOf(...candidates: readonly (string | undefined)[]): string | undefined {
  return candidates.map((text = '') => truncate(sanitize(redactText(text)), maxTitle)).find((title) => title !== '');
}

/** The text with the name of the gate in front, such as `prod: etcd`. */
export function withTitle(title: string | undefined, text: string): string {
  return title === undefined ? text : `${title}: ${text}`;
}
