import { type Stage, type Status, stages } from '../../checks/check.ts';
import { isFine, isUnresolved, worst } from '../../gate/finding.ts';
import { sanitize } from '../sanitize/sanitize.ts';
import { liveWord } from '../status.ts';
import type { Row } from '../view.ts';
import { type Paint, type Tone, toneOf } from './colour.ts';
import { displayWidth, fit } from './width.ts';

/** One row of the live table. A stage without findings has no cell. */
interface LiveRow {
  readonly name: string;
  readonly cells: ReadonlyMap<Stage, LiveCell>;
}

interface LiveCell {
  readonly status: Status;
  /** How many of the nodes are healthy, in a row for many nodes. */
  readonly tally?: string;
}

/** With more nodes than this, the table has counts per role, and rows only for unhealthy nodes. */
const maxNodes = 20;

function oneRow({ name, cells }: Row): LiveRow {
  return { name: sanitize(name), cells };
}

/** One row for many nodes, with the number of healthy ones. */
function countRow(name: string, rows: readonly Row[]): LiveRow {
  const byStage = Map.groupBy(
    rows.flatMap(({ cells }) => [...cells]),
    ([stage]) => stage,
  );
  const cells = [...byStage].map(([stage, own]) => {
    const statuses = own.map(([, { status }]) => ({ status }));
    const skipped = statuses.every(({ status }) => status === 'skip');
    // Nodes to which the stage does not apply must not hide the others.
    const status = worst(skipped ? statuses : statuses.filter((one) => one.status !== 'skip')) ?? 'skip';
    const tally = `${statuses.filter(isFine).length}/${statuses.length}`;
    return [stage, skipped ? { status } : { status, tally }] as const;
  });
  return { name, cells: new Map(cells) };
}

/**
 * At most `max` rows: the cluster, then each node. If these are too many, one
 * row with counts per role, then the unhealthy nodes, those with a failure of
 * their own first.
 */
function liveRows(rows: readonly Row[], max: number): LiveRow[] {
  const nodes = rows.filter(({ role }) => role !== undefined);
  if (nodes.length <= Math.min(maxNodes, max - 1)) {
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
  const unhealthy = [...nodes.filter(isUnresolved), ...nodes.filter(({ status }) => status === 'blocked')];
  const room = Math.min(maxNodes, max - 1 - counts.length);
  const shown = unhealthy.length > room ? unhealthy.slice(0, Math.max(0, room - 1)) : unhealthy;
  const more = unhealthy.length - shown.length;
  return [
    ...rows.filter(({ role }) => role === undefined).map(oneRow),
    ...counts,
    ...shown.map(oneRow),
    ...(more > 0 ? [{ name: `and ${more} more`, cells: new Map() }] : []),
  ];
}

const minNameWidth = 8;
const maxNameWidth = 40;

/** In the table an empty cell has no character that some terminals draw in two columns. */
const empty = '-';

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

const shortWords: Readonly<Record<Status, string>> = {
  pass: 'ok',
  fail: 'fail',
  pending: 'wait',
  blocked: 'block',
  warn: 'warn',
  skip: 'skip',
};

interface Layout {
  readonly heading: (stage: Stage) => string;
  readonly word: (status: Status) => string;
  /** Of the longest word: columns keep their width whatever the statuses become. */
  readonly minWidth: number;
  readonly gap: number;
}

const short = {
  heading: (stage: Stage) => shortNames[stage],
  word: (status: Status) => shortWords[status],
  minWidth: 5,
};

/** From the widest to the narrowest. */
const layouts: readonly Layout[] = [
  { heading: (stage) => stage, word: liveWord, minWidth: 7, gap: 2 },
  { ...short, gap: 2 },
  { ...short, gap: 1 },
];

/** Stages that were skipped everywhere have no column. */
const stagesOf = (rows: readonly LiveRow[]): readonly Stage[] =>
  stages.filter((stage) => rows.some(({ cells }) => (cells.get(stage)?.status ?? 'skip') !== 'skip'));

function cellText(cell: LiveCell | undefined, { word }: Layout): string {
  return cell === undefined ? empty : (cell.tally ?? word(cell.status));
}

function widths(rows: readonly LiveRow[], layout: Layout): Map<Stage, number> {
  return new Map(
    stagesOf(rows).map((stage) => {
      const texts = [layout.heading(stage), ...rows.map(({ cells }) => cellText(cells.get(stage), layout))];
      return [stage, Math.max(layout.minWidth, ...texts.map(displayWidth))];
    }),
  );
}

/**
 * The table of nodes and stages as lines of at most `columns` columns, in the
 * widest layout that fits; undefined if none fits.
 *
 * @param maxRows without the row of the headings
 */
export function liveTable(all: readonly Row[], maxRows: number, columns: number, paint: Paint): string[] | undefined {
  const rows = liveRows(all, maxRows);
  const nameWidth = Math.min(maxNameWidth, Math.max(minNameWidth, ...rows.map(({ name }) => displayWidth(name))));
  for (const [index, layout] of layouts.entries()) {
    const stageWidths = widths(rows, layout);
    const room = columns - [...stageWidths.values()].reduce((sum, width) => sum + layout.gap + width, 0);
    // Names are cut only in the narrowest layout.
    if (room >= (index === layouts.length - 1 ? minNameWidth : nameWidth)) {
      return render(rows, layout, stageWidths, Math.min(nameWidth, room), paint);
    }
  }
  return undefined;
}

/** What terminals draw in a different number of columns must not move the cells: the cursor is put into its column. */
function nameCell(name: string, width: number): string {
  const fitted = fit(name, width);
  return /^[ -~]*$/.test(fitted) ? fitted : `${fitted}\u001b[K\u001b[${width + 1}G`;
}

function render(
  rows: readonly LiveRow[],
  layout: Layout,
  stageWidths: ReadonlyMap<Stage, number>,
  nameWidth: number,
  paint: Paint,
): string[] {
  const last = [...stageWidths.keys()].at(-1);
  // Texts are padded before they are coloured, since colours take no columns. The last cell needs no padding.
  const line = (name: string, cell: (stage: Stage) => readonly [Tone, string]): string =>
    [
      nameCell(name, nameWidth),
      ...[...stageWidths].map(([stage, width]) => {
        const [tone, text] = cell(stage);
        return paint(tone, stage === last ? text : fit(text, width));
      }),
    ].join(' '.repeat(layout.gap));
  return [
    line('', (stage) => ['heading', layout.heading(stage)]),
    ...rows.map(({ name, cells }) =>
      cells.size === 0
        ? nameCell(name, nameWidth).trimEnd()
        : line(name, (stage) => {
            const cell = cells.get(stage);
            return [cell === undefined ? 'quiet' : toneOf(cell.status), cellText(cell, layout)];
          }),
    ),
  ];
}
