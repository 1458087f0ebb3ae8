import { count } from '../checks/text.ts';
import { nodesOf } from '../gate/finding.ts';
import { type Paint, toneOf } from './colour.ts';
import { logLine } from './escape.ts';
import { type Group, groupedByResult, nameNodes } from './groups.ts';
import type { Report } from './model.ts';
import { settled, symbol, tally, worstFirst } from './status.ts';
import type { StageView } from './view.ts';

/** How a text is to be shown. */
export interface TextView {
  /** Whether the reader folds groups, as a GitHub runner does. */
  readonly groups: boolean;
  readonly paint: Paint;
}

const mostRows = 20;
const mostNodes = 10;

/** Lines under a title. A runner folds them; it knows no group within a group. */
export function section(title: string, lines: readonly string[], { groups }: TextView): string[] {
  return groups ? [`::group::${title}`, ...lines, '::endgroup::'] : [title, ...lines];
}

/** What waits for the same check needs not be told apart. */
function rows(groups: readonly Group[], { verdict }: Report): string[] {
  const same = Map.groupBy(groups, (group) => group.findings[0]?.blockedBy?.check ?? group);
  return [...same].flatMap(([key, all]) =>
    all.slice(0, 1).map((group) => {
      const what = typeof key === 'string' ? describeBlocked(key, all) : describe(group);
      return logLine(`${symbol(settled(group.status, verdict))} ${what}`, 3);
    }),
  );
}

function describeBlocked(by: string, groups: readonly Group[]): string {
  const findings = groups.flatMap((group) => group.findings);
  return `blocked by ${by}: ${nameNodes(nodesOf(findings), mostNodes)} (${count(findings.length, 'check')})`;
}

function describe({ check, status, nodes, message }: Group): string {
  const who = nameNodes(nodes, mostNodes);
  return status === 'pass' ? `${check}: ${who}` : `${check}: ${who}: ${message}`;
}

/** Everything that was found, stage by stage. */
export function stageLines(report: Report, view: TextView): string[] {
  return report.stages.flatMap((stage) => stageSection(stage, report, view));
}

function stageSection({ stage, status, findings }: StageView, report: Report, view: TextView): string[] {
  const shown = settled(status, report.verdict);
  const title = logLine(`${symbol(shown)} ${stage}: ${tally(findings, report.verdict)}`);
  // If nothing is folded, the count of what passed has to do.
  const groups = groupedByResult(worstFirst(findings)).filter((group) => view.groups || group.status !== 'pass');
  const lines = rows(groups, report);
  const more = lines.length - mostRows;
  return section(
    view.paint(toneOf(shown), title),
    [...lines.slice(0, mostRows), ...(more > 0 ? [logLine(`and ${more} more`, 3)] : [])],
    view,
  );
}
