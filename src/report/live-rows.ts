import { type Stage, type Status, stages } from '../checks/check.ts';
import { type Finding, isUnresolved } from '../gate/finding.ts';
import type { ClusterNode } from '../observe/cluster.ts';
import { redactText } from './redact.ts';
import { sanitize } from './sanitize.ts';
import { worst } from './status.ts';

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

const words: Readonly<Record<Status, string>> = {
  pass: 'ok',
  fail: 'failing',
  pending: 'waiting',
  blocked: 'blocked',
  warn: 'warning',
  skip: 'skipped',
};

type Findings = readonly Finding[];

/** Checks that do not apply hide no passing ones. */
function statusOf(findings: Findings): Status | undefined {
  const status = worst(findings);
  return status === 'skip' && findings.some((finding) => finding.status === 'pass') ? 'pass' : status;
}

function row(name: string, findings: Findings, cell: (own: Findings, status: Status) => LiveCell): LiveRow {
  const byStage = Map.groupBy(findings, ({ stage }) => stage);
  const cells = stages.flatMap((stage) => {
    const own = byStage.get(stage) ?? [];
    const status = statusOf(own);
    return status === undefined ? [] : [[stage, cell(own, status)] as const];
  });
  return { name: sanitize(redactText(name)), cells: new Map(cells) };
}

function oneRow(name: string, findings: Findings): LiveRow {
  return row(name, findings, (_, status) => ({ status, text: words[status] }));
}

/** Many nodes on one line: how many of them are well. */
function countRow(name: string, findings: Findings): LiveRow {
  return row(name, findings, (own, status) => {
    const byNode = [...Map.groupBy(own, ({ node }) => node).values()];
    const well = byNode.filter((same) =>
      same.every((finding) => !isUnresolved(finding) && finding.status !== 'blocked'),
    );
    return { status, text: status === 'skip' ? words.skip : `${well.length}/${byNode.length} ok` };
  });
}

/**
 * The rows of the live table, at most so many: the cluster's, then every
 * node's. Where they are too many, one a role with counts, then the nodes that
 * are not well, those with a fault of their own first.
 */
export function liveRows(nodes: readonly ClusterNode[], findings: Findings, most: number): LiveRow[] {
  const byNode = Map.groupBy(findings, ({ node }) => node);
  const judged = nodes.flatMap(({ name, role }) => {
    const own = byNode.get(name);
    return own === undefined ? [] : [{ name, role, own }];
  });
  const cluster = oneRow('cluster', byNode.get(undefined) ?? []);
  if (judged.length <= Math.min(mostNodes, most - 1)) {
    return [cluster, ...judged.map(({ name, own }) => oneRow(name, own))];
  }
  const roles = [
    ['control planes', 'controlplane'],
    ['workers', 'worker'],
  ] as const;
  const counts = roles.flatMap(([name, role]) => {
    const same = judged.filter((node) => node.role === role);
    return same.length === 0
      ? []
      : [
          countRow(
            `${name} (${same.length})`,
            same.flatMap(({ own }) => own),
          ),
        ];
  });
  const wrong = judged.filter(({ own }) => own.some(isUnresolved));
  const blocked = judged.filter(({ own }) => !own.some(isUnresolved) && own.some(({ status }) => status === 'blocked'));
  const unwell = [...wrong, ...blocked];
  const room = Math.min(mostNodes, most - 1 - counts.length);
  const shown = unwell.length > room ? unwell.slice(0, Math.max(0, room - 1)) : unwell;
  const more = unwell.length - shown.length;
  return [
    cluster,
    ...counts,
    ...shown.map(({ name, own }) => oneRow(name, own)),
    ...(more > 0 ? [oneRow(`and ${more} more`, [])] : []),
  ];
}
