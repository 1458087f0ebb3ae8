import { type Stage, stages } from '../checks/check.ts';
import { isUnresolved } from '../gate/finding.ts';
import { type Block, chunk, fold, table } from './blocks.ts';
import { markdown } from './escape.ts';
import { nameNodes } from './groups.ts';
import type { Report, ReportedFinding } from './model.ts';
import { cellLabel } from './status.ts';

/** Nodes that may stand in the open; the rest is folded. */
const mostUnhealthy = 50;
const mostHealthy = 10;
const rowsPerFold = 100;

interface Row {
  readonly name: string;
  readonly role: string;
  readonly worker: boolean;
  /** 0 with a failure of its own, 1 blocked by another's, 2 neither. */
  readonly trouble: number;
  readonly findings: readonly ReportedFinding[];
}

function toRow(name: string, findings: readonly ReportedFinding[], worker: boolean): Row {
  const blocked = findings.some(({ status }) => status === 'blocked');
  const trouble = findings.some(isUnresolved) ? 0 : blocked ? 1 : 2;
  return { name, role: worker ? 'worker' : 'control\u00a0plane', worker, trouble, findings };
}

/** Failing nodes first, then those that are blocked, and among equals control planes first. Nodes not judged have no row. */
function nodeRows({ findings, cluster }: Report): Row[] {
  const byNode = Map.groupBy(findings, ({ node }) => node);
  const rows = (cluster?.nodes ?? []).flatMap(({ name, role }) => {
    const own = byNode.get(name);
    return own === undefined ? [] : [toRow(name, own, role === 'worker')];
  });
  return rows.sort((one, other) => one.trouble - other.trouble || Number(one.worker) - Number(other.worker));
}

function cells(findings: readonly ReportedFinding[], { verdict }: Report): string[] {
  const byStage: ReadonlyMap<Stage, readonly ReportedFinding[]> = Map.groupBy(findings, ({ stage }) => stage);
  return stages.map((stage) => cellLabel(byStage.get(stage) ?? [], verdict));
}

function renderRows(rows: readonly Row[], report: Report): string[][] {
  return rows.map(({ name, role, findings }) => [
    `${markdown(nameNodes([name], 1))} (${role})`,
    ...cells(findings, report),
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

/** The matrix of nodes and stages: the cluster's row first, what is wrong in the open, long healthy tails folded. */
export function matrix(report: Report): Block[] {
  if (report.findings.length === 0) {
    return [];
  }
  const rows = nodeRows(report);
  const unhealthy = rows.filter(({ trouble }) => trouble < 2);
  const healthy = rows.filter(({ trouble }) => trouble === 2);
  const openHealthy = healthy.length > mostHealthy ? [] : healthy;
  const open = [...unhealthy.slice(0, mostUnhealthy), ...openHealthy];
  const clusterFindings = report.findings.filter(({ node }) => node === undefined);
  const first = ['**cluster**', ...cells(clusterFindings, report)];
  return [
    { text: table(['node', ...stages], [first, ...renderRows(open, report)]), rank: 0 },
    ...foldRows(unhealthy.slice(mostUnhealthy), 'more nodes that are not healthy', 3, report),
    ...foldRows(healthy.slice(openHealthy.length), 'healthy nodes', 5, report),
  ];
}
