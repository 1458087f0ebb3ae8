import { type Stage, type Status, stages } from '../checks/check.ts';
import { isFine, isUnresolved, worst } from '../gate/finding.ts';
import { type Paint, toneOf } from './colour.ts';
import { sanitize } from './sanitize.ts';
import { liveWord, nothing } from './status.ts';
import type { Row } from './view.ts';
import { displayWidth, fit } from './width.ts';

/** One line of the live table. A stage in which nothing was judged has no cell. */
interface LiveRow {
  readonly name: string;
  readonly cells: ReadonlyMap<Stage, LiveCell>;
}

interface LiveCell {
  readonly status: Status;
  readonly text: string;
}

/** More nodes than these are counted, and only those that are not well have a row. */
const mostNodes = 20;

function oneRow({ name, cells }: Row): LiveRow {
  const live = [...cells].map(([stage, { status }]) => [stage, { status, text: liveWord(status) }] as const);
  return { name: sanitize(name), cells: new Map(live) };
}

/** Many nodes on one line: how many of them are well. */
function countRow(name: string, rows: readonly Row[]): LiveRow {
  const byStage = Map.groupBy(
    rows.flatMap(({ cells }) => [...cells]),
    ([stage]) => stage,
  );
  const cells = [...byStage].map(([stage, own]) => {
    const statuses = own.map(([, { status }]) => ({ status }));
    const skipped = statuses.every(({ status }) => status === 'skip');
    // Nodes to which it does not apply hide none to which it does.
    const status = worst(skipped ? statuses : statuses.filter((one) => one.status !== 'skip')) ?? 'skip';
    const text = skipped ? liveWord('skip') : `${statuses.filter(isFine).length}/${statuses.length} ok`;
    return [stage, { status, text }] as const;
  });
  return { name: `${name} (${rows.length})`, cells: new Map(cells) };
}

/**
 * The rows of the live table, at most so many: the cluster's, then every
 * node's. If they are too many, one a role with counts, then the nodes that
 * are not well, those with a fault of their own first.
 */
function liveRows(rows: readonly Row[], most: number): LiveRow[] {
  const nodes = rows.filter(({ role }) => role !== undefined);
  if (nodes.length <= Math.min(mostNodes, most - 1)) {
    return rows.map(oneRow);
  }
  const roles = [
    ['control planes', 'controlplane'],
    ['workers', 'worker'],
  ] as const;
  const counts = roles.flatMap(([name, role]) => {
    const same = nodes.filter((node) => node.role === role);
    return same.length === 0 ? [] : [countRow(name, same)];
  });
  const unwell = [...nodes.filter(isUnresolved), ...nodes.filter(({ status }) => status === 'blocked')];
  const room = Math.min(mostNodes, most - 1 - counts.length);
  const shown = unwell.length > room ? unwell.slice(0, Math.max(0, room - 1)) : unwell;
  const more = unwell.length - shown.length;
  return [
    ...rows.filter(({ role }) => role === undefined).map(oneRow),
    ...counts,
    ...shown.map(oneRow),
    ...(more > 0 ? [{ name: `and ${more} more`, cells: new Map() }] : []),
  ];
}

const gap = 2;
const leastName = 8;
const mostName = 40;

/** For terminals that have no room for the whole names. */
const shortNames: Readonly<Record<Stage, string>> = {
  connectivity: 'connect',
  readiness: 'ready',
  etcd: 'etcd',
  'api-server': 'api',
  'control-plane': 'control',
  nodes: 'nodes',
  'static-pods': 'pods',
  workloads: 'loads',
};

type Heading = (stage: Stage) => string;

/** The stages that there is anything to tell of: nobody needs a column of what does not apply. */
const told = (rows: readonly LiveRow[]): readonly Stage[] =>
  stages.filter((stage) => rows.some(({ cells }) => cells.has(stage)));

const headings: readonly Heading[] = [(stage) => stage, (stage) => shortNames[stage]];

function widths(rows: readonly LiveRow[], heading: Heading): Map<Stage, number> {
  return new Map(
    told(rows).map((stage) => {
      const texts = [heading(stage), ...rows.map(({ cells }) => cells.get(stage)?.text ?? nothing)];
      return [stage, Math.max(...texts.map(displayWidth))];
    }),
  );
}

/**
 * Nodes and stages as lines of at most so many columns, under the longest
 * headings for which there is room; undefined if there is none for any.
 *
 * @param most rows, without the one of the headings
 */
export function liveTable(all: readonly Row[], most: number, columns: number, paint: Paint): string[] | undefined {
  const rows = liveRows(all, most);
  const names = Math.min(mostName, Math.max(leastName, ...rows.map(({ name }) => displayWidth(name))));
  for (const [index, heading] of headings.entries()) {
    const taken = widths(rows, heading);
    const room = columns - [...taken.values()].reduce((sum, width) => sum + gap + width, 0);
    // Names are cut where nothing else helps.
    if (room >= (index === headings.length - 1 ? leastName : names)) {
      return render(rows, heading, taken, Math.min(names, room), paint);
    }
  }
  return undefined;
}

function render(
  rows: readonly LiveRow[],
  heading: Heading,
  taken: ReadonlyMap<Stage, number>,
  names: number,
  paint: Paint,
): string[] {
  const columns = [...taken.keys()];
  // Laid out first and coloured then, since colours take no room; the blanks after the last cell are of no use.
  const line = (name: string, cell: (stage: Stage, fitted: (text: string) => string) => string): string =>
    [
      fit(name, names),
      ...columns.map((stage) =>
        cell(stage, (text) => (stage === columns.at(-1) ? text : fit(text, taken.get(stage) ?? 0))),
      ),
    ].join(' '.repeat(gap));
  return [
    line('', (stage, fitted) => paint('heading', fitted(heading(stage)))),
    ...rows.map(({ name, cells }) =>
      line(name, (stage, fitted) => {
        const cell = cells.get(stage);
        return cell === undefined ? paint('quiet', fitted(nothing)) : paint(toneOf(cell.status), fitted(cell.text));
      }),
    ),
  ];
}
