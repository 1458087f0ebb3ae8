import { type Hint, type Stage, type Status, stages } from '../checks/check.ts';
import { diagnose } from '../diagnosis/diagnose.ts';
import type { RootCause } from '../diagnosis/root-cause.ts';
import { type Finding, worst } from '../gate/finding.ts';
import { type History, since, type Unsettled } from '../gate/history.ts';
import type { Role } from '../observe/cluster.ts';
import type { Snapshot } from '../observe/snapshot.ts';
import { inContext } from './command.ts';
import { openRedaction, type Redaction } from './redact.ts';

/**
 * What is shown of one round, live and in the end: nodes × stages, findings and
 * causes. Without secrets, but not escaped. Times are epoch milliseconds.
 */
export interface View {
  /** That of the cluster as a whole, then one per node with findings, in the order of the cluster. */
  readonly rows: readonly Row[];
  /** Stages in their order; those without findings are absent. */
  readonly stages: readonly StageView[];
  readonly findings: readonly Finding[];
  /** What went wrong, the first thing to fix first; empty if nothing did. */
  readonly causes: readonly RootCause[];
  /** Since when each finding has its status; empty without a history. */
  readonly firstSeen: ReadonlyMap<Finding, number>;
}

export interface Row {
  readonly name: string;
  /** Absent for the cluster as a whole. */
  readonly role?: Role;
  /** The worst of its cells. */
  readonly status: Status;
  /** A stage without findings has none. */
  readonly cells: ReadonlyMap<Stage, Cell>;
}

export interface Cell {
  /** The worst of its findings; but checks that do not apply hide no passing ones. */
  readonly status: Status;
  /** How many checks do not apply, if others pass. */
  readonly skipped: number;
}

export interface StageView {
  readonly stage: Stage;
  /** The worst of its findings. */
  readonly status: Status;
  readonly findings: readonly Finding[];
  /** When something in it was not as it should: from the first time, until it was well for good, or is still not. */
  readonly unsettled?: Unsettled;
}

/** What a view is made of. */
export interface Seen {
  readonly findings: readonly Finding[];
  /** What they were found in; without it there are no causes. */
  readonly snapshot?: Snapshot | undefined;
  /** That of all rounds up to this one. */
  readonly history?: History | undefined;
}

/** @param contextName that of the talosconfig, for commands */
export function viewOf(seen: Seen, contextName?: string): View {
  const { snapshot, history } = seen;
  const nodes = snapshot?.nodes.map(({ node }) => node) ?? [];
  const clean = openRedaction(nodes);
  const cleaned = new Map(seen.findings.map((finding) => [finding, cleanFinding(finding, clean, contextName)]));
  const findings = [...cleaned.values()];
  const byNode = Map.groupBy(findings, ({ node }) => node);
  return {
    rows: [
      rowOf({ name: 'cluster' }, byNode.get(undefined)),
      ...nodes.flatMap(({ name, role }) => {
        const shown = clean(name);
        return byNode.has(shown) ? [rowOf({ name: shown, role }, byNode.get(shown))] : [];
      }),
    ],
    stages: stagesOf(findings, history),
    findings,
    causes:
      snapshot === undefined
        ? []
        : diagnose(seen.findings, snapshot, history).map((cause) => cleanCause(cause, cleaned, clean, contextName)),
    firstSeen: new Map(
      history === undefined ? [] : [...cleaned].map(([finding, shown]) => [shown, since(history, finding)]),
    ),
  };
}

function cleanHint({ text, commands }: Hint, clean: Redaction, contextName: string | undefined): Hint {
  return clean({ text, commands: commands.map((command) => inContext(command, contextName)) });
}

function cleanFinding(finding: Finding, clean: Redaction, contextName: string | undefined): Finding {
  const { node, message, blockedBy, hint } = finding;
  return {
    ...finding,
    message: clean(message),
    ...(node !== undefined && { node: clean(node) }),
    ...(blockedBy !== undefined && { blockedBy: clean(blockedBy) }),
    ...(hint !== undefined && { hint: cleanHint(hint, clean, contextName) }),
  };
}

function cleanCause(
  cause: RootCause,
  cleaned: ReadonlyMap<Finding, Finding>,
  clean: Redaction,
  contextName: string | undefined,
): RootCause {
  const { findings, consequences, notJudged, hint, ...rest } = cause;
  const shown = (all: readonly Finding[]): readonly Finding[] => all.flatMap((finding) => cleaned.get(finding) ?? []);
  return {
    ...clean(rest),
    hint: cleanHint(hint, clean, contextName),
    findings: shown(findings),
    consequences: shown(consequences),
    notJudged: shown(notJudged),
  };
}

function rowOf(subject: Pick<Row, 'name' | 'role'>, findings: readonly Finding[] = []): Row {
  const cells = [...Map.groupBy(findings, ({ stage }) => stage)].flatMap(([stage, own]) => {
    const cell = cellOf(own);
    return cell === undefined ? [] : [[stage, cell] as const];
  });
  return { ...subject, status: worst(cells.map(([, cell]) => cell)) ?? 'skip', cells: new Map(cells) };
}

function cellOf(findings: readonly Finding[]): Cell | undefined {
  const status = worst(findings);
  const skipped = findings.filter((finding) => finding.status === 'skip').length;
  return status === 'skip' && skipped < findings.length
    ? { status: 'pass', skipped }
    : status && { status, skipped: 0 };
}

function stagesOf(findings: readonly Finding[], history: History | undefined): readonly StageView[] {
  const byStage = Map.groupBy(findings, ({ stage }) => stage);
  return stages.flatMap((stage) => {
    const own = byStage.get(stage) ?? [];
    const status = worst(own);
    const unsettled = history?.unsettled.get(stage);
    return status === undefined
      ? []
      : [{ stage, status, findings: own, ...(unsettled !== undefined && { unsettled }) }];
  });
}
