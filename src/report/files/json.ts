import type { Hint } from '../../checks/check.ts';
import { registry } from '../../checks/registry.ts';
import type { RootCause } from '../../diagnosis/root-cause.ts';
import type { Finding, Subject } from '../../gate/finding.ts';
import { docsOf } from '../docs-link.ts';
import { durationOf, type GuardedCommand, type Report } from '../model.ts';
import { iso } from '../text.ts';
import type { StageView } from '../view.ts';

const meanings = new Map(registry.map(({ id, explanation }) => [id, explanation]));

function hintDocument(check: string, { text, commands }: Hint) {
  return { meaning: meanings.get(check) ?? '', text, commands, docs: docsOf(check) };
}

function subjectOf({ check, node }: Finding): Subject {
  return { check, ...(node !== undefined && { node }) };
}

function findingDocument(finding: Finding, { firstSeen, history }: Report) {
  const { check, stage, node, status, message, blockedBy, excused, hint } = finding;
  const since = firstSeen.get(finding);
  return {
    check,
    stage,
    ...(node !== undefined && { node }),
    status,
    message,
    ...(blockedBy !== undefined && { blockedBy }),
    ...(excused !== undefined && { excused }),
    ...(hint !== undefined && { hint: hintDocument(check, hint) }),
    ...(since !== undefined && history !== undefined && { firstSeenAt: iso(since), lastSeenAt: iso(history.at) }),
  };
}

function causeDocument(cause: RootCause) {
  const { id, blames, nodes, title, explanation, hint, check, stage, status, since } = cause;
  return {
    id,
    blames,
    nodes,
    title,
    explanation,
    hint: hintDocument(check, hint),
    stage,
    status,
    ...(since !== undefined && { since: iso(since) }),
    findings: cause.findings.map(subjectOf),
    consequences: cause.consequences.map(subjectOf),
    notJudged: cause.notJudged.map(subjectOf),
  };
}

function stageDocument({ stage, status, unsettled }: StageView) {
  if (unsettled === undefined) {
    return { stage, status };
  }
  const { from, until } = unsettled;
  return { stage, status, unsettled: { from: iso(from), ...(until !== undefined && { until: iso(until) }) } };
}

function commandDocument(command: GuardedCommand) {
  if (!command.ran) {
    return command;
  }
  const { exitCode, startedAt, endedAt } = command;
  return { ran: true as const, exitCode, startedAt: iso(startedAt), durationSeconds: (endedAt - startedAt) / 1000 };
}

/**
 * The content of the JSON file, as docs/report.schema.json describes it. A
 * breaking change increments `schemaVersion`. Times are ISO 8601 in UTC,
 * durations are seconds.
 */
export type ReportDocument = ReturnType<typeof gateDocument> & { readonly before?: ReportDocument };

export function documentOf(report: Report): ReportDocument {
  const { before } = report;
  return { ...gateDocument(report), ...(before !== undefined && { before: documentOf(before) }) };
}

/** The order of the keys is that of the file. */
function gateDocument(report: Report) {
  const { version, title, verdict, exitCode, reason, startedAt, rounds, slowestRound, usage, problems } = report;
  const { options, claim, cluster, baseline, endpoints, history, logs, outputs, command } = report;
  return {
    schemaVersion: 2 as const,
    tool: { name: 'talos-health' as const, version },
    ...(title !== undefined && { title }),
    verdict,
    exitCode,
    reason,
    startedAt: iso(startedAt),
    durationSeconds: durationOf(report) / 1000,
    rounds,
    slowestRoundSeconds: slowestRound / 1000,
    ...(usage !== undefined && { calls: usage.calls, bytes: { sent: usage.sent, received: usage.received } }),
    problems,
    ...(options !== undefined && { options }),
    ...(claim !== undefined && { claim }),
    ...(cluster !== undefined && { cluster }),
    ...(baseline !== undefined && { changes: { since: baseline.startedAt, nodes: baseline.changes } }),
    endpoints,
    stages: report.stages.map(stageDocument),
    causes: report.causes.map(causeDocument),
    findings: report.findings.map((finding) => findingDocument(finding, report)),
    ...(history !== undefined && {
      history: {
        changes: history.changes.map((change) => ({ ...change, at: iso(change.at) })),
        dropped: history.dropped,
      },
    }),
    ...(logs.length > 0 && { logs }),
    outputs,
    ...(command !== undefined && { command: commandDocument(command) }),
  };
}

/** The report file, with a line break at the end. */
export function renderJson(report: Report): string {
  return `${JSON.stringify(documentOf(report), undefined, 2)}\n`;
}
