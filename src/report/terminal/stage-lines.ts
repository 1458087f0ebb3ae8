import type { Status } from '../../checks/check.ts';
import { count } from '../../checks/text.ts';
import { type Finding, nodesOf, worst } from '../../gate/finding.ts';
import { fewPerCheck, type Group, groupByResult, nameNodes } from '../groups.ts';
import type { Report } from '../model.ts';
import { logLine } from '../sanitize/escape.ts';
import { finalStatus, symbol, tally, worstFirst } from '../status.ts';
import type { StageView } from '../view.ts';
import { toneOf } from './colour.ts';
import { section, type TextView, textLines } from './text-view.ts';

const maxRows = 20;
const maxNodes = 10;

const isSkipped = ({ status }: { readonly status: Status }): boolean => status === 'skip';

/** Findings that are blocked by the same check share a row. */
function rows(groups: readonly Group[], { verdict }: Report): string[] {
  const same = Map.groupBy(groups, (group) => group.findings[0]?.blockedBy?.check ?? group);
  return [...same].flatMap(([key, all]) =>
    all.slice(0, 1).map((group) => {
      const what = typeof key === 'string' ? describeBlocked(key, all) : describe(group);
      return `${symbol(finalStatus(group.status, verdict))} ${what}`;
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

function stageSection(stage: StageView, report: Report, view: TextView): readonly string[] {
  const { findings, status } = stage;
  const shown = finalStatus(worst(findings.filter((finding) => !isSkipped(finding))) ?? status, report.verdict);
  const title = logLine(`${symbol(shown)} ${stage.stage}: ${tally(findings, report.verdict)}`);
  // What passed is only counted, unless it is folded.
  const wanted = (finding: Finding): boolean =>
    !isSkipped(finding) && (view.fold !== undefined || finding.status !== 'pass');
  const groups = fewPerCheck(groupByResult(worstFirst(findings).filter(wanted)));
  const lines = rows(groups, report);
  const more = lines.length - maxRows;
  const all = [...lines.slice(0, maxRows), ...(more > 0 ? [`and ${more} more`] : [])];
  return section(
    stage.stage,
    view.paint(toneOf(shown), title),
    all.flatMap((line) => textLines(view, line, 3, 6)),
    view,
  );
}

/** One line per reason, since many checks may be skipped for the same one. */
function skippedLines({ findings }: Report, view: TextView): readonly string[] {
  const skipped = findings.filter(isSkipped);
  const lines = [...Map.groupBy(skipped, ({ message }) => message)].flatMap(([reason, same]) => {
    const checks = [...new Set(same.map(({ check }) => check))].join(', ');
    return textLines(view, `${symbol('skip')} ${count(same.length, 'check')} skipped: ${reason} (${checks})`, 0, 3);
  });
  const quiet = lines.map((line) => view.paint(toneOf('skip'), line));
  return quiet.length === 0 || view.fold === undefined
    ? quiet
    : view.fold('skipped', `${symbol('skip')} ${count(skipped.length, 'check')} skipped`, quiet);
}

/** All findings by stage, without stages that do not apply, then what was skipped. */
export function stageLines(report: Report, view: TextView): readonly string[] {
  const applying = report.stages.filter(({ findings }) => !findings.every(isSkipped));
  return [...applying.flatMap((stage) => stageSection(stage, report, view)), ...skippedLines(report, view)];
}
