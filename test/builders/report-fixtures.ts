import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { RootCause } from '../../src/diagnosis/root-cause.ts';
import { type Finding, type Subject, subjectKey } from '../../src/gate/finding.ts';
import type { ReportDocument } from '../../src/report/files/json.ts';
import type { GuardedCommand, Report } from '../../src/report/model.ts';
import { viewOf } from '../../src/report/view.ts';
import { snapshotOf } from './report.ts';
import { assertConsistentReport } from './schema.ts';

const folder = join(import.meta.dirname, '../fixtures/reports');

/** Writes the text of a report to its fixture. */
export function freeze(name: string, json: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${name}.json`), json);
}

/** The texts of the frozen reports, which do not change with checks or their messages. */
export function frozen(): Readonly<Record<string, string>> {
  const files = readdirSync(folder).sort();
  return Object.fromEntries(files.map((file) => [basename(file, '.json'), readFileSync(join(folder, file), 'utf8')]));
}

/** The frozen reports as documents, each validated. */
export function documentFixtures(): Readonly<Record<string, ReportDocument>> {
  return Object.fromEntries(Object.entries(frozen()).map(([name, json]) => [name, assertConsistentReport(json)]));
}

/** The frozen reports as input of renderers. */
export function reportFixtures(): Readonly<Record<string, Report>> {
  return Object.fromEntries(Object.entries(documentFixtures()).map(([name, document]) => [name, thaw(document)]));
}

/** The report of a document. */
export function thaw(document: ReportDocument): Report {
  const { tool, title, verdict, exitCode, reason, rounds, problems, options, claim, cluster, endpoints, outputs } =
    document;
  const startedAt = Date.parse(document.startedAt);
  const nodes = (cluster?.nodes ?? []).map((node) => ({ ...node, apiServerPort: 6443 }));
  const view = viewOf({ findings: document.findings.map(findingOf), snapshot: snapshotOf(nodes) });
  const { calls, bytes, history, logs = [] } = document;
  const times = document.findings.map(({ firstSeenAt }) => firstSeenAt);
  const at = document.findings[0]?.lastSeenAt;
  return {
    ...view,
    stages: view.stages.map((stage) => ({ ...stage, ...unsettledOf(stage.stage, document) })),
    causes: document.causes.map((cause) => causeOf(cause, view.findings)),
    firstSeen: new Map(
      view.findings.flatMap((finding, index) => {
        const time = times[index];
        return time === undefined ? [] : [[finding, Date.parse(time)] as const];
      }),
    ),
    version: tool.version,
    ...(title !== undefined && { title }),
    verdict,
    exitCode,
    reason,
    startedAt,
    endedAt: startedAt + document.durationSeconds * 1000,
    rounds,
    slowestRound: document.slowestRoundSeconds * 1000,
    ...(calls !== undefined && bytes !== undefined && { usage: { calls, ...bytes } }),
    problems,
    ...(options !== undefined && { options }),
    ...(claim !== undefined && { claim }),
    ...(cluster !== undefined && { cluster }),
    endpoints,
    ...(history !== undefined &&
      at !== undefined && {
        history: {
          at: Date.parse(at),
          changes: history.changes.map((change) => ({ ...change, at: Date.parse(change.at) })),
          dropped: history.dropped,
        },
      }),
    logs,
    outputs,
    ...(document.command !== undefined && { command: commandOf(document.command) }),
    ...(document.before !== undefined && { before: thaw(document.before) }),
  };
}

function commandOf(command: NonNullable<ReportDocument['command']>): GuardedCommand {
  if (!command.ran) {
    return { ran: false };
  }
  const startedAt = Date.parse(command.startedAt);
  return { ran: true, exitCode: command.exitCode, startedAt, endedAt: startedAt + command.durationSeconds * 1000 };
}

function findingOf({
  hint,
  firstSeenAt: _first,
  lastSeenAt: _last,
  ...rest
}: ReportDocument['findings'][number]): Finding {
  return { ...rest, ...(hint !== undefined && { hint: { text: hint.text, commands: hint.commands } }) };
}

function causeOf(cause: ReportDocument['causes'][number], findings: readonly Finding[]): RootCause {
  const byKey = new Map(findings.map((finding) => [subjectKey(finding), finding]));
  const named = (subjects: readonly Subject[]) => subjects.flatMap((subject) => byKey.get(subjectKey(subject)) ?? []);
  const { since, hint, ...rest } = cause;
  return {
    ...rest,
    check: cause.findings[0]?.check ?? cause.id,
    hint: { text: hint.text, commands: hint.commands },
    ...(since !== undefined && { since: Date.parse(since) }),
    findings: named(cause.findings),
    consequences: named(cause.consequences),
    notJudged: named(cause.notJudged),
  };
}

function unsettledOf(stage: string, { stages }: ReportDocument) {
  const unsettled = stages.find((one) => one.stage === stage)?.unsettled;
  if (unsettled === undefined) {
    return {};
  }
  const { from, until } = unsettled;
  return { unsettled: { from: Date.parse(from), ...(until !== undefined && { until: Date.parse(until) }) } };
}
