import { count } from '../../checks/text.ts';
import { nodesOf } from '../../gate/finding.ts';
import { type Group, groupByResult, nameNodes } from '../groups.ts';
import type { Report } from '../model.ts';
import { logLine } from '../sanitize/escape.ts';
import { finalStatus, symbol, tally, worstFirst } from '../status.ts';
import type { StageView } from '../view.ts';
import { type Paint, toneOf } from './colour.ts';

/** How a text is shown. */
export interface TextView {
  /** Whether the output supports groups, as GitHub runners do. */
  readonly groups: boolean;
  readonly paint: Paint;
}

const maxRows = 20;
const maxNodes = 10;

/** Lines under a title, folded if groups are supported. Runners do not nest groups. */
export function section(title: string, lines: readonly string[], { groups }: TextView): string[] {
  return groups ? [`::group::${title}`, ...lines, '::endgroup::'] : [title, ...lines];
}

/** Findings that are blocked by the same check share a row. */
function rows(groups: readonly Group[], { verdict }: Report): string[] {
  const same = Map.groupBy(groups, (group) => group.findings[0]?.blockedBy?.check ?? group);
  return [...same].flatMap(([key, all]) =>
    all.slice(0, 1).map((group) => {
      const what = typeof key === 'string' ? describeBlocked(key, all) : describe(group);
      return logLine(`${symbol(finalStatus(group.status, verdict))} ${what}`, 3);
    }),
  );
}

function describeBlocked(by: string, groups: readonly Group[]): string {
  const findings = groups.flatMap((group) => group.findings);
  return `blocked by ${by}: ${nameNodes(nodesOf(findings), maxNodes)} (${count(findings.length, 'check')})`;
}

function describe({ check, status, nodes, message }: Group): string {
  const who = nameNodes(nodes, maxNodes);
  return status === 'pass' ? `${check}: ${who}` : `${check}: ${who}: ${message}`;
}

/** All findings by stage. */
export function stageLines(report: Report, view: TextView): string[] {
  return report.stages.flatMap((stage) => stageSection(stage, report, view));
}

function stageSection({ stage, status, findings }: StageView, report: Report, view: TextView): string[] {
  const shown = finalStatus(status, report.verdict);
  const title = logLine(`${symbol(shown)} ${stage}: ${tally(findings, report.verdict)}`);
  // Without groups, the title only counts what passed.
  const groups = groupByResult(worstFirst(findings)).filter((group) => view.groups || group.status !== 'pass');
  const lines = rows(groups, report);
  const more = lines.length - maxRows;
  return section(
    view.paint(toneOf(shown), title),
    [...lines.slice(0, maxRows), ...(more > 0 ? [logLine(`and ${more} more`, 3)] : [])],
    view,
  );
}
