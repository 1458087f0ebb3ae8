import { stages } from '../checks/check.ts';
import { type Block, chunk, fold, table } from './blocks.ts';
import { markdown } from './escape.ts';
import { nameNodes } from './groups.ts';
import type { Report, ReportedFinding } from './model.ts';
import { label, settled, severity, symbol, tally, worst } from './status.ts';

const rowsPerFold = 100;
const mostNodes = 10;

/** What makes findings of one check one row; passing ones need not be told apart. */
function sameRow({ check, status, message, blockedBy }: ReportedFinding): string {
  return JSON.stringify(status === 'pass' ? [check] : [check, status, message, blockedBy?.check]);
}

function observed(findings: readonly ReportedFinding[]): string {
  const messages = new Set(findings.map(({ message }) => message));
  const [message = ''] = messages;
  return messages.size === 1 ? markdown(message) : '–';
}

function renderRow(findings: readonly ReportedFinding[], { verdict }: Report): string[] {
  return findings.slice(0, 1).flatMap(({ check, status, blockedBy }) => [
    markdown(check),
    label(status, verdict) + (blockedBy === undefined ? '' : ` by ${markdown(blockedBy.check)}`),
    markdown(
      nameNodes(
        findings.flatMap(({ node }) => (node === undefined ? [] : [node])),
        mostNodes,
      ),
      1000,
    ),
    observed(findings),
  ]);
}

function foldFindings(name: string, findings: readonly ReportedFinding[], rank: number, report: Report): Block[] {
  const status = worst(findings);
  if (status === undefined) {
    return [];
  }
  const worstFirst = findings.toSorted((one, other) => severity(one.status) - severity(other.status));
  const rows = [...Map.groupBy(worstFirst, sameRow).values()].map((same) => renderRow(same, report));
  const parts = chunk(rows, rowsPerFold);
  return parts.map((part, index) => {
    const which = parts.length > 1 ? ` (part ${index + 1} of ${parts.length})` : '';
    const title = `${symbol(settled(status, report.verdict))} ${name}: ${tally(findings, report.verdict)}${which}`;
    return { text: fold(title, table(['check', 'result', 'nodes', 'observed'], part)), rank };
  });
}

/** A folded block a stage, with all that was found in it: one row for the same finding on many nodes. */
export function stageBlocks(report: Report): Block[] {
  const byStage = Map.groupBy(report.findings, ({ stage }) => stage);
  const blocks = stages.flatMap((stage) => foldFindings(stage, byStage.get(stage) ?? [], 4, report));
  return blocks.length === 0 ? [] : [{ text: '### All findings', rank: 4 }, ...blocks];
}

/** What did not apply, with its reasons: all that is worth a fold where everything passed. */
export function skippedBlock(report: Report): Block[] {
  const skipped = report.findings.filter(({ status }) => status === 'skip');
  return foldFindings('Checks that do not apply', skipped, 4, report);
}
