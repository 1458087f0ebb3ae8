import { type Stage, type Status, stages } from '../../checks/check.ts';
import { isFine, isUnresolved, worst } from '../../gate/finding.ts';
import { sanitize } from '../sanitize/sanitize.ts';
import { emptyCell, liveWord } from '../status.ts';
import type { Row } from '../view.ts';
import { type Paint, toneOf } from './colour.ts';
import { displayWidth, fit } from './width.ts';

/** One row of the live table. A stage without findings has no cell. */
interface LiveRow {
  readonly name: string;
  readonly cells: ReadonlyMap<Stage, LiveCell>;
}

interface LiveCell {
  readonly status: Status;
  readonly text: string;
}

/** With more nodes than this, the table has counts per role, and rows only for unhealthy nodes. */
const maxNodes = 20;

function oneRow({ name, cells }: Row): LiveRow {
  const live = [...cells].map(([stage, { status }]) => [stage, { status, text: liveWord(status) }] as const);
  return { name: sanitize(name), cells: new Map(live) };
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
    const text = skipped ? liveWord('skip') : `${statuses.filter(isFine).length}/${statuses.length} ok`;
    return [stage, { status, text }] as const;
  });
  return { name: `${name} (${rows.length})`, cells: new Map(cells) };
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

const gap = 2;
const minNameWidth = 8;
const maxNameWidth = 40;

/** For narrow terminals. */
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

/** The stages of which any row has a cell. */
const stagesOf = (rows: readonly LiveRow[]): readonly Stage[] =>
  stages.filter((stage) => rows.some(({ cells }) => cells.has(stage)));

const headings: readonly Heading[] = [(stage) => stage, (stage) => shortNames[stage]];

function widths(rows: readonly LiveRow[], heading: Heading): Map<Stage, number> {
  return new Map(
    stagesOf(rows).map((stage) => {
      const texts = [heading(stage), ...rows.map(({ cells }) => cells.get(stage)?.text ?? emptyCell)];
      return [stage, Math.max(...texts.map(displayWidth))];
    }),
  );
}

/**
 * The table of nodes and stages as lines of at most `columns` columns, with the
 * longest headings that fit; undefined if none fit.
 *
 * @param maxRows without the row of the headings
 */
export function liveTable(all: readonly Row[], maxRows: number, columns: number, paint: Paint): string[] | undefined {
  const rows = liveRows(all, maxRows);
  const nameWidth = Math.min(maxNameWidth, Math.max(minNameWidth, ...rows.map(({ name }) => displayWidth(name))));
  for (const [index, heading] of headings.entries()) {
    const stageWidths = widths(rows, heading);
    const room = columns - [...stageWidths.values()].reduce((sum, width) => sum + gap + width, 0);
    // Names are cut only with the shortest headings.
    if (room >= (index === headings.length - 1 ? minNameWidth : nameWidth)) {
      return render(rows, heading, stageWidths, Math.min(nameWidth, room), paint);
    }
  }
  return undefined;
}

function render(
  rows: readonly LiveRow[],
  heading: Heading,
  stageWidths: ReadonlyMap<Stage, number>,
  nameWidth: number,
  paint: Paint,
): string[] {
  const columns = [...stageWidths.keys()];
  // Texts are padded before they are coloured, since colours take no columns. The last cell needs no padding.
  const line = (name: string, cell: (stage: Stage, fitted: (text: string) => string) => string): string =>
    [
      fit(name, nameWidth),
      ...columns.map((stage) =>
        cell(stage, (text) => (stage === columns.at(-1) ? text : fit(text, stageWidths.get(stage) ?? 0))),
      ),
    ].join(' '.repeat(gap));
  return [
    line('', (stage, fitted) => paint('heading', fitted(heading(stage)))),
    ...rows.map(({ name, cells }) =>
      line(name, (stage, fitted) => {
        const cell = cells.get(stage);
        return cell === undefined ? paint('quiet', fitted(emptyCell)) : paint(toneOf(cell.status), fitted(cell.text));
      }),
    ),
  ];
}
