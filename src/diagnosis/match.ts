import { type Finding, nodesOf } from '../gate/finding.ts';
import { hintOf, type OnNode } from './context.ts';
import type { Match } from './root-cause.ts';

/** Parts of a message that differ between machines and starts: times, ids, addresses, processes. */
const variableParts: readonly (readonly [pattern: RegExp, replacement: string])[] = [
  [/\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[\d.]*(?:Z|[+-]\d\d:?\d\d)?/g, '…'],
  [/\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, '…'],
  [/\b(?=[0-9a-f]*\d)[0-9a-f]{10,}\b/g, '…'],
  [/\b(?:\d{1,3}\.){3}\d{1,3}(?::\d+)?/g, '…'],
  [/\[?\b[0-9a-f]{1,4}(?::[0-9a-f]{0,4}){3,}\]?(?::\d+)?/g, '…'],
  [/\b(PID|pid)[ =]\d+/g, '$1 …'],
  [/\b\d+(?:\.\d+)?(?:ms|µs|s)\b/g, '…'],
];

function normalize(text: string): string {
  return variableParts.reduce((rest, [pattern, replacement]) => rest.replace(pattern, replacement), text);
}

/** Groups things whose texts differ only in variable parts. The text of a group is exact if all its texts are equal. */
function groupAlike<T>(
  items: readonly T[],
  textOf: (item: T) => string,
): readonly { readonly text: string; readonly same: readonly T[] }[] {
  return [...Map.groupBy(items, (item) => normalize(textOf(item)))].map(([common, same]) => {
    const texts = new Set(same.map(textOf));
    const [only = common] = texts;
    return { text: texts.size === 1 ? only : common, same };
  });
}

/** What a rule says of findings. By default it blames their nodes and merges their hints. */
type Description = Pick<Match, 'title' | 'explanation'> & Partial<Omit<Match, 'findings'>>;

/** One match of these findings; none if there are no findings. */
export function matchOf(findings: readonly Finding[], description: Description): readonly Match[] {
  const { blames = 'nodes' } = description;
  const nodes = blames === 'nodes' ? nodesOf(findings) : [];
  return findings.length === 0 ? [] : [{ blames, nodes, hint: hintOf(findings), ...description, findings }];
}

/** One match for each group of nodes with alike texts, by default those of their findings. */
export function matchAlike<T extends Pick<OnNode, 'finding'>>(
  found: readonly T[],
  describe: (text: string, same: readonly T[]) => Description,
  textOf: (one: T) => string = ({ finding }) => finding.message,
): readonly Match[] {
  return groupAlike(found, textOf).flatMap(({ text, same }) =>
    matchOf(
      same.map(({ finding }) => finding),
      describe(text, same),
    ),
  );
}
