import { count } from '../../checks/text.ts';
import {
  broken,
  type Compared,
  type Comparison,
  compare,
  type InventoryChange,
  type StatusChange,
} from '../comparison.ts';
import { nameNodes } from '../groups.ts';
import { docsLink, markdown } from '../sanitize/escape.ts';
import { emptyCell, label } from '../status.ts';
import { type Block, table } from './blocks.ts';

const maxRows = 50;
const maxNodes = 5;

const nodesCell = (nodes: readonly string[]): string => markdown(nameNodes(nodes, maxNodes), 500);

function statusRow({ check, nodes, from, to, message }: StatusChange): string[] {
  const reason = to === 'pending' || to === 'fail' || to === 'warn' ? `: ${markdown(message)}` : '';
  return [
    docsLink(check),
    nodesCell(nodes),
    from === undefined ? emptyCell : label(from, 'unhealthy'),
    label(to, 'unhealthy') + reason,
  ];
}

/** What was or is blocked has one row for all of its checks: the cause has a row of its own. */
function blockedRow(same: readonly StatusChange[]): string[] {
  const [first] = same;
  if (first === undefined || same.length === 1) {
    return same.flatMap(statusRow);
  }
  const nodes = [...new Set(same.flatMap((change) => change.nodes))];
  return [
    count(same.length, 'check'),
    nodesCell(nodes),
    first.from === undefined ? emptyCell : label(first.from, 'unhealthy'),
    label(first.to, 'unhealthy'),
  ];
}

function inventoryRow({ what, from, to, nodes, regression }: InventoryChange): string[] {
  const mark = regression === undefined ? '' : '❌ ';
  return what === 'boot'
    ? [what, nodesCell(nodes), emptyCell, 'rebooted']
    : [what, nodesCell(nodes), markdown(from, 200), mark + markdown(to, 200)];
}

/** A table of all changes: checks that became worse first, then what nodes are and have, and nodes that joined or left. */
function rowsOf({ statuses, inventories, joined, left }: Comparison): string[][] {
  const same = Map.groupBy(statuses, (change) =>
    change.to === 'blocked' || (change.from === 'blocked' && change.to === 'pass')
      ? `${change.from} ${change.to}`
      : change,
  );
  return [
    ...[...same.values()].map(blockedRow),
    ...inventories.map(inventoryRow),
    ...(joined.length > 0 ? [['node', nodesCell(joined), emptyCell, 'new']] : []),
    ...(left.length > 0 ? [['node', nodesCell(left), 'there', 'gone']] : []),
  ];
}

/** What differs from an earlier report, as one table. */
export function changesBlock(before: Compared, after: Compared, title = 'What changed in between'): Block {
  const comparison = compare(before, after);
  const rows = rowsOf(comparison);
  const more = rows.length - maxRows;
  const parts = [
    `### ${title}`,
    ...(broken(comparison).length === 0 ? ['No regressions.'] : []),
    ...(rows.length > 0 ? [table(['what', 'where', 'before', 'after'], rows.slice(0, maxRows))] : []),
    ...(more > 0 ? [`And ${count(more, 'more change')}.`] : []),
  ];
  return { text: parts.join('\n\n'), rank: 0 };
}
