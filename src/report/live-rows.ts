import type { Stage, Status } from '../checks/check.ts';
import { isFine, isUnresolved, worst } from '../gate/finding.ts';
import { sanitize } from './sanitize.ts';
import { liveWord } from './status.ts';
import type { Row } from './view.ts';

/** One line of the live table. A stage in which nothing was judged has no cell. */
export interface LiveRow {
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
export function liveRows(rows: readonly Row[], most: number): LiveRow[] {
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
