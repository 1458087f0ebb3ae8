import { stages } from '../../checks/check.ts';
import { isFine, isUnresolved } from '../../gate/finding.ts';
import { nameNodes } from '../groups.ts';
import type { Report } from '../model.ts';
import { markdown } from '../sanitize/escape.ts';
import { cellLabel } from '../status.ts';
import type { Row } from '../view.ts';
import { type Block, chunk, fold, table } from './blocks.ts';

/** Nodes that are not folded. */
const maxUnhealthy = 50;
const maxHealthy = 10;
const rowsPerFold = 100;

/** 0 with a failure of its own, 1 if blocked by another one, 2 if healthy. */
function trouble(row: Row): number {
  return isUnresolved(row) ? 0 : isFine(row) ? 2 : 1;
}

/** Failing nodes first, then blocked ones; control planes first among equals. */
function byTrouble(one: Row, other: Row): number {
  return trouble(one) - trouble(other) || Number(one.role === 'worker') - Number(other.role === 'worker');
}

function renderRows(rows: readonly Row[], { verdict }: Report): string[][] {
  return rows.map(({ name, role, cells }) => [
    role === undefined
      ? `**${name}**`
      : `${markdown(nameNodes([name], 1))} (${role === 'worker' ? role : 'control\u00a0plane'})`,
    ...stages.map((stage) => cellLabel(cells.get(stage), verdict)),
  ]);
}

function foldRows(rows: readonly Row[], what: string, rank: number, report: Report): Block[] {
  return chunk(rows, rowsPerFold).map((part, index) => {
    const from = index * rowsPerFold + 1;
    const range = rows.length > rowsPerFold ? `, ${from} to ${from + part.length - 1}` : '';
    const title = `${rows.length} ${what}${range}`;
    return { text: fold(title, table(['node', ...stages], renderRows(part, report))), rank };
  });
}

/** The matrix of nodes and stages: the cluster first, then unhealthy nodes. Long lists of healthy nodes are folded. */
export function matrix(report: Report): Block[] {
  if (report.findings.length === 0) {
    return [];
  }
  const cluster = report.rows.filter(({ role }) => role === undefined);
  const nodes = report.rows.filter(({ role }) => role !== undefined).sort(byTrouble);
  const unhealthy = nodes.filter((row) => !isFine(row));
  const healthy = nodes.filter(isFine);
  const openHealthy = healthy.length > maxHealthy ? [] : healthy;
  const open = [...cluster, ...unhealthy.slice(0, maxUnhealthy), ...openHealthy];
  return [
    { text: table(['node', ...stages], renderRows(open, report)), rank: 0 },
    ...foldRows(unhealthy.slice(maxUnhealthy), 'more nodes that are not healthy', 3, report),
    ...foldRows(healthy.slice(openHealthy.length), 'healthy nodes', 5, report),
  ];
}
