import type { Status } from '../../checks/check.ts';
import type { Finding } from '../../gate/finding.ts';
import { type Group, groupByResult, nameNodes } from '../groups.ts';
import type { Report } from '../model.ts';
import { markdown } from '../sanitize/escape.ts';
import { emptyCell, finalStatus, label, symbol, tally, worstFirst } from '../status.ts';
import { type Block, chunk, fold, table } from './blocks.ts';
import { appliesNowhere } from './not-checked.ts';

const rowsPerFold = 100;
const maxNodes = 10;

function observed({ findings, message }: Group): string {
  return findings.every((finding) => finding.message === message) ? markdown(message) : emptyCell;
}

function renderRow(group: Group, { verdict }: Report): string[] {
  const { check, status, nodes, findings } = group;
  const blockedBy = findings[0]?.blockedBy;
  return [
    markdown(check),
    label(status, verdict) + (blockedBy === undefined ? '' : ` by ${markdown(blockedBy.check)}`),
    markdown(nameNodes(nodes, maxNodes), 1000),
    observed(group),
  ];
}

function foldFindings(name: string, status: Status, findings: readonly Finding[], report: Report): Block[] {
  const rows = groupByResult(worstFirst(findings)).map((group) => renderRow(group, report));
  const parts = chunk(rows, rowsPerFold);
  return parts.map((part, index) => {
    const which = parts.length > 1 ? ` (part ${index + 1} of ${parts.length})` : '';
    const title = `${symbol(finalStatus(status, report.verdict))} ${name}: ${tally(findings, report.verdict)}${which}`;
    return { text: fold(title, table(['check', 'result', 'nodes', 'observed'], part)), rank: 4 };
  });
}

/** One folded block per stage with all findings: one row for the same finding on several nodes. */
export function stageBlocks(report: Report): Block[] {
  const blocks = report.stages.flatMap(({ stage, status, findings }) => foldFindings(stage, status, findings, report));
  return blocks.length === 0 ? [] : [{ text: '### All findings', rank: 4 }, ...blocks];
}

/** Checks that are skipped on a part of the nodes, with their reasons, for a report in which everything passed. */
export function skippedBlock(report: Report): Block[] {
  const nowhere = appliesNowhere(report);
  const skipped = report.findings.filter(({ check, status }) => status === 'skip' && !nowhere.has(check));
  return foldFindings('Checks that do not apply to every node', 'skip', skipped, report);
}
