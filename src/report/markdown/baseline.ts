import type { Change } from '../../checks/facts/changes.ts';
import type { NodeChanges } from '../changes.ts';
import { nameNodes } from '../groups.ts';
import type { Report } from '../model.ts';
import { markdown } from '../sanitize/escape.ts';
import { type Block, chunk, fold, table } from './blocks.ts';

const columns = ['node', 'Talos', 'Kubernetes', 'boot', 'image', 'besides'] as const;

/** The column of a change; the others have the last one. */
const columnOf: Readonly<Partial<Record<Change['what'], (typeof columns)[number]>>> = {
  Talos: 'Talos',
  Kubernetes: 'Kubernetes',
  boot: 'boot',
  schematic: 'image',
  extensions: 'image',
};

/** Rows that are not folded. */
const mostRows = 50;

function textOf({ what, from, to, regression }: Change): string {
  const mark = regression === undefined ? '' : '❌ ';
  switch (what) {
    case 'boot':
      return 'rebooted';
    case 'Talos':
    case 'Kubernetes':
      return markdown(`${mark}${from} → ${to}`, 100);
    case 'schematic':
      return markdown(`schematic ${from} → ${to}`, 100);
    case 'node id':
      return `${mark}wiped or replaced`;
    default:
      return markdown(`${mark}${what}: ${regression ?? `${from} → ${to}`}`, 300);
  }
}

function row({ node, state, changes }: NodeChanges): string[] {
  const name = markdown(nameNodes([node], 1));
  const first = state === 'changed' ? name : `${name} (${state === 'gone' ? '❌ gone' : 'new'})`;
  return [
    first,
    ...columns.slice(1).map((column) =>
      changes
        .filter(({ what }) => (columnOf[what] ?? 'besides') === column)
        .map(textOf)
        .join(', '),
    ),
  ];
}

/** One table of what changed on each node since the baseline. */
export function baselineBlocks({ changes }: Report): Block[] {
  if (changes === undefined) {
    return [];
  }
  const { since, nodes } = changes;
  const heading = `### What changed since the baseline of ${markdown(since.slice(0, 16).replace('T', ' '))} UTC`;
  if (nodes.length === 0) {
    return [{ text: `${heading}\n\nNothing.`, rank: 2 }];
  }
  const render = (some: readonly NodeChanges[]): string => table([...columns], some.map(row));
  return [
    { text: `${heading}\n\n${render(nodes.slice(0, mostRows))}`, rank: 2 },
    ...chunk(nodes.slice(mostRows), 100).map((part) => ({
      text: fold(`${part.length} more nodes that changed`, render(part)),
      rank: 3,
    })),
  ];
}
