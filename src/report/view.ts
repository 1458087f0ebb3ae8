import { type Hint, type Stage, type Status, stages } from '../checks/check.ts';
import { diagnose } from '../diagnosis/diagnose.ts';
import type { RootCause } from '../diagnosis/root-cause.ts';
import { type Finding, worst } from '../gate/finding.ts';
import { type History, since, type Unsettled } from '../gate/history.ts';
import type { Role } from '../observe/members/cluster.ts';
import type { Snapshot } from '../observe/snapshot.ts';
import { inContext, mergeCommands } from './command.ts';
import { openRedaction, type Redaction } from './sanitize/redact.ts';

/**
 * The model of one round, live and at the end: nodes × stages, findings and
 * causes. Redacted, but not escaped. Times are epoch milliseconds.
 */
export interface View {
  /** The cluster as a whole, then each node that has findings, in the order of the cluster. */
  readonly rows: readonly Row[];
  /** Stages in their order; those without findings are absent. */
  readonly stages: readonly StageView[];
  readonly findings: readonly Finding[];
  /** Root causes in the order in which to fix them; empty if the cluster is healthy. */
  readonly causes: readonly RootCause[];
  /** The time since which each finding has its status; empty without a history. */
  readonly firstSeen: ReadonlyMap<Finding, number>;
}

export interface Row {
  readonly name: string;
  /** Absent for the cluster as a whole. */
  readonly role?: Role;
  /** The worst of its cells. */
  readonly status: Status;
  /** Stages without findings are absent. */
  readonly cells: ReadonlyMap<Stage, Cell>;
}

interface Cell {
  /** The worst of its findings; `pass` if the rest is skipped. */
  readonly status: Status;
}

export interface StageView {
  readonly stage: Stage;
  /** The worst of its findings. */
  readonly status: Status;
  readonly findings: readonly Finding[];
  /** From when the stage was first not healthy, until it was for good; open if it still is not. Absent if it always was healthy. */
  readonly unsettled?: Unsettled;
}

/** The input of a view. */
export interface ViewInput {
  readonly findings: readonly Finding[];
  /** The snapshot of these findings; without it there are no causes. */
  readonly snapshot?: Snapshot | undefined;
  /** The history of all rounds up to this one. */
  readonly history?: History | undefined;
}

/** @param contextName context of the talosconfig, added to commands */
export function viewOf(input: ViewInput, contextName?: string): View {
  const { snapshot, history } = input;
  const nodes = snapshot?.nodes.map(({ node }) => node) ?? [];
  const clean = openRedaction(nodes);
  const cleaned = new Map(input.findings.map((finding) => [finding, cleanFinding(finding, clean, contextName)]));
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
        : diagnose(input.findings, snapshot, history).map((cause) => cleanCause(cause, cleaned, clean, contextName)),
    firstSeen: new Map(
      history === undefined ? [] : [...cleaned].map(([finding, shown]) => [shown, since(history, finding)]),
    ),
  };
}

function cleanHint({ text, commands }: Hint, clean: Redaction, contextName: string | undefined): Hint {
  const { commands: merged, note } = mergeCommands(commands.map((command) => inContext(command, contextName)));
  return clean({ text: [text, note].filter((part) => part !== '').join(' '), commands: merged });
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
  return status === 'skip' && findings.some((finding) => finding.status === 'pass')
    ? { status: 'pass' }
    : status && { status };
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
