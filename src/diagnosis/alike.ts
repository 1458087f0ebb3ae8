import type { Finding } from '../gate/finding.ts';
import { hintOf, nodesOf } from './context.ts';
import type { Match } from './root-cause.ts';

/** What differs from one machine, and one start, to the next: containers, processes, addresses, times. */
const particulars: readonly (readonly [pattern: RegExp, standsFor: string])[] = [
  [/\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[\d.]*(?:Z|[+-]\d\d:?\d\d)?/g, '…'],
  [/\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, '…'],
  [/\b(?=[0-9a-f]*\d)[0-9a-f]{10,}\b/g, '…'],
  [/\b(?:\d{1,3}\.){3}\d{1,3}(?::\d+)?/g, '…'],
  [/\[?\b[0-9a-f]{1,4}(?::[0-9a-f]{0,4}){3,}\]?(?::\d+)?/g, '…'],
  [/\b(PID|pid)[ =]\d+/g, '$1 …'],
  [/\b\d+(?:\.\d+)?(?:ms|µs|s)\b/g, '…'],
];

function withoutParticulars(text: string): string {
  return particulars.reduce((rest, [pattern, standsFor]) => rest.replace(pattern, standsFor), text);
}

/** Things that say the same, but for what differs from machine to machine, with what all of them say. */
export function alike<T>(
  things: readonly T[],
  textOf: (thing: T) => string,
): readonly { readonly text: string; readonly same: readonly T[] }[] {
  return [...Map.groupBy(things, (thing) => withoutParticulars(textOf(thing)))].map(([common, same]) => {
    const texts = new Set(same.map(textOf));
    const [only = common] = texts;
    return { text: texts.size === 1 ? only : common, same };
  });
}

/** One cause for all nodes whose findings say the same. */
export function oneForAlike(found: readonly { readonly finding: Finding }[], explanation: string): readonly Match[] {
  return alike(found, ({ finding }) => finding.message).map(({ text, same }) => {
    const findings = same.map(({ finding }) => finding);
    return { blames: 'nodes', nodes: nodesOf(findings), title: text, explanation, hint: hintOf(findings), findings };
  });
}
