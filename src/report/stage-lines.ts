import { stages } from '../checks/check.ts';
import { type Paint, toneOf } from './colour.ts';
import { logLine } from './escape.ts';
import { nameNodes } from './groups.ts';
import type { Report, ReportedFinding } from './model.ts';
import { settled, severity, symbol, tally, worst } from './status.ts';
import { count } from './text.ts';

/** How a text is to be shown. */
export interface View {
  /** Whether the reader folds groups, as a GitHub runner does. */
  readonly groups: boolean;
  readonly paint: Paint;
}

const mostRows = 20;
const mostNodes = 10;

/** Lines under a title. A runner folds them; it knows no group within a group. */
export function section(title: string, lines: readonly string[], { groups }: View): string[] {
  return groups ? [`::group::${title}`, ...lines, '::endgroup::'] : [title, ...lines];
}

/** The same on many nodes is one row; what passed, or waits for the same check, needs not be told apart. */
function sameRow({ check, status, message, blockedBy }: ReportedFinding): string {
  return JSON.stringify(
    status === 'blocked' ? [status, blockedBy?.check] : status === 'pass' ? [check] : [check, status, message],
  );
}

function describe(same: readonly ReportedFinding[], { check, status, message, blockedBy }: ReportedFinding): string {
  const nodes = new Set(same.flatMap(({ node }) => (node === undefined ? [] : [node])));
  const who = nameNodes([...nodes], mostNodes);
  if (status === 'blocked') {
    return `blocked by ${blockedBy?.check ?? 'another check'}: ${who} (${count(same.length, 'check')})`;
  }
  return status === 'pass' ? `${check}: ${who}` : `${check}: ${who}: ${message}`;
}

function row(same: readonly ReportedFinding[], { verdict }: Report): string[] {
  return same
    .slice(0, 1)
    .map((first) => logLine(`${symbol(settled(first.status, verdict))} ${describe(same, first)}`, 3));
}

function stageSection(title: string, findings: readonly ReportedFinding[], report: Report, view: View): string[] {
  // Where nothing is folded, the count of what passed has to do.
  const shown = view.groups ? findings : findings.filter(({ status }) => status !== 'pass');
  const worstFirst = shown.toSorted((one, other) => severity(one.status) - severity(other.status));
  const rows = [...Map.groupBy(worstFirst, sameRow).values()].flatMap((same) => row(same, report));
  const more = rows.length - mostRows;
  return section(title, [...rows.slice(0, mostRows), ...(more > 0 ? [logLine(`and ${more} more`, 3)] : [])], view);
}

/** Everything that was found, stage by stage. */
export function stageLines(report: Report, view: View): string[] {
  const byStage = Map.groupBy(report.findings, ({ stage }) => stage);
  return stages.flatMap((stage) => {
    const findings = byStage.get(stage) ?? [];
    const status = worst(findings);
    if (status === undefined) {
      return [];
    }
    const shown = settled(status, report.verdict);
    const title = logLine(`${symbol(shown)} ${stage}: ${tally(findings, report.verdict)}`);
    return stageSection(view.paint(toneOf(shown), title), findings, report, view);
  });
}
