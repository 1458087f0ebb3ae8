import { registry } from '../checks/registry.ts';
import { inWords, rawErrorAt } from './raw-error.ts';

const holds = new Map(registry.map(({ id, title }) => [id, title]));

/**
 * A title in words. If it only quotes an error, the title says which check is not met.
 *
 * @param check the id of the first check of the cause
 */
export function titleInWords(title: string, check: string): string {
  const words = inWords(title);
  const subject = holds.get(check);
  return rawErrorAt(title) !== 0
    ? words
    : [subject === undefined ? 'a check fails' : `not met: ${subject}`, ...(words === '' ? [] : [words])].join(', ');
}
