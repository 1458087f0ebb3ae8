import type { Hint } from '../checks/check.ts';
import { registry } from '../checks/registry.ts';
import { diagnose } from '../diagnosis/diagnose.ts';
import type { RootCause } from '../diagnosis/root-cause.ts';
import type { Finding } from '../gate/finding.ts';
import { type History, since } from '../gate/history.ts';
import type { Snapshot } from '../observe/snapshot.ts';
import { inContext } from './command.ts';
import { docsOf } from './docs-link.ts';
import type { ReportedCause, ReportedFinding, ReportedHint, Subject } from './model.ts';

const meanings = new Map(registry.map(({ id, explanation }) => [id, explanation]));

/** What the report adds to a finding. */
export interface Telling {
  readonly history: History | undefined;
  /** Of the talosconfig. */
  readonly contextName: string | undefined;
}

function reportHint(check: string, { text, commands }: Hint, { contextName }: Telling): ReportedHint {
  return {
    meaning: meanings.get(check) ?? '',
    text,
    commands: commands.map((command) => inContext(command, contextName)),
    docs: docsOf(check),
  };
}

export function iso(at: number): string {
  return new Date(at).toISOString();
}

/** A copy with its keys in a fixed order, whatever order a check wrote them in. */
export function reportFinding(finding: Finding, telling: Telling): ReportedFinding {
  const { history } = telling;
  const { check, stage, node, status, message, blockedBy, hint, excused } = finding;
  return {
    check,
    stage,
    ...(node !== undefined && { node }),
    status,
    message,
    ...(blockedBy !== undefined && { blockedBy }),
    ...(excused !== undefined && { excused }),
    ...(hint !== undefined && { hint: reportHint(check, hint, telling) }),
    ...(history !== undefined && { firstSeenAt: iso(since(history, finding)), lastSeenAt: iso(history.at) }),
  };
}

function subject({ check, node }: Finding): Subject {
  return { check, ...(node !== undefined && { node }) };
}

function reportCause(cause: RootCause, telling: Telling): ReportedCause {
  const { id, blames, nodes, title, explanation, hint, check, stage, status, since: began } = cause;
  const { findings, consequences, notJudged } = cause;
  return {
    id,
    blames,
    nodes,
    title,
    explanation,
    hint: reportHint(check, hint, telling),
    stage,
    status,
    ...(began !== undefined && { since: iso(began) }),
    findings: findings.map(subject),
    consequences: consequences.map(subject),
    notJudged: notJudged.map(subject),
  };
}

export function reportCauses(
  findings: readonly Finding[],
  snapshot: Snapshot | undefined,
  telling: Telling,
): readonly ReportedCause[] {
  return snapshot === undefined
    ? []
    : diagnose(findings, snapshot, telling.history).map((cause) => reportCause(cause, telling));
}
