import { type Finding, nodesOf } from '../gate/finding.ts';
import { hintOf, type OnNode } from './context.ts';
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
function alike<T>(
  things: readonly T[],
  textOf: (thing: T) => string,
): readonly { readonly text: string; readonly same: readonly T[] }[] {
  return [...Map.groupBy(things, (thing) => withoutParticulars(textOf(thing)))].map(([common, same]) => {
    const texts = new Set(same.map(textOf));
    const [only = common] = texts;
    return { text: texts.size === 1 ? only : common, same };
  });
}

/** What a rule tells of findings: unless it says otherwise, they are their nodes' fault, with the hints that they have. */
type Told = Pick<Match, 'title' | 'explanation'> & Partial<Omit<Match, 'findings'>>;

/** One match of these findings; none if there are no findings. */
export function matchOf(findings: readonly Finding[], told: Told): readonly Match[] {
  const { blames = 'nodes' } = told;
  const nodes = blames === 'nodes' ? nodesOf(findings) : [];
  return findings.length === 0 ? [] : [{ blames, nodes, hint: hintOf(findings), ...told, findings }];
}

/** One match for all nodes of which the same can be said: by default, by their findings. */
export function matchAlike<T extends Pick<OnNode, 'finding'>>(
  found: readonly T[],
  tell: (text: string, same: readonly T[]) => Told,
  textOf: (one: T) => string = ({ finding }) => finding.message,
): readonly Match[] {
  return alike(found, textOf).flatMap(({ text, same }) =>
    matchOf(
      same.map(({ finding }) => finding),
      tell(text, same),
    ),
  );
}
