import { formatDuration } from '../values/duration.ts';
import { type Group, nameNodes } from './groups.ts';
import type { Report, ReportedCause, ReportedFinding, Subject } from './model.ts';
import { count } from './text.ts';

/** A cause as a group of findings: what it is seen by, under one headline. */
export interface CauseGroup extends Group {
  readonly cause: ReportedCause;
  /** What it is seen by. */
  readonly seenBy: readonly ReportedFinding[];
  /** What follows from it, pending and blocked. */
  readonly follows: readonly ReportedFinding[];
  /** What cannot be judged before. */
  readonly notJudged: readonly ReportedFinding[];
}

function keyOf({ check, node }: Subject): string {
  return JSON.stringify([check, node]);
}

/** The causes of a report, the first thing to fix first, with their findings. */
export function causeGroups({ causes, findings }: Report): readonly CauseGroup[] {
  const byKey = new Map(findings.map((finding) => [keyOf(finding), finding]));
  const lookUp = (subjects: readonly Subject[]): readonly ReportedFinding[] =>
    subjects.flatMap((subject) => byKey.get(keyOf(subject)) ?? []);
  return causes.map((cause) => {
    const follows = lookUp(cause.consequences);
    const notJudged = lookUp(cause.notJudged);
    return {
      cause,
      check: cause.findings[0]?.check ?? cause.id,
      stage: cause.stage,
      status: cause.status,
      message: cause.title,
      nodes: cause.nodes,
      hints: [cause.explanation, cause.hint.text].filter((text) => text !== ''),
      commands: cause.hint.commands,
      blocks: follows.length,
      seenBy: lookUp(cause.findings),
      follows,
      notJudged,
    };
  });
}

/** Such as `cp-1, cp-2`, or what else is to blame: `cluster`, `talosconfig`. Not escaped. */
export function nameBlamed({ blames, nodes }: ReportedCause, most: number): string {
  return blames === 'nodes' ? nameNodes(nodes, most) : blames;
}

/** The nodes of a group, or who else is to blame for it. Not escaped. */
export function whose(group: Group | CauseGroup, most: number): string {
  return 'cause' in group ? nameBlamed(group.cause, most) : nameNodes(group.nodes, most);
}

/** Such as ` for 4m12s`: how long a cause had been seen when the report was made, in whole seconds; empty where it was seen once. */
export function forHowLong(group: Group | CauseGroup, { startedAt, durationSeconds }: Report): string {
  if (!('cause' in group) || group.cause.since === undefined) {
    return '';
  }
  const milliseconds = Date.parse(startedAt) + durationSeconds * 1000 - Date.parse(group.cause.since);
  const seconds = Math.round(milliseconds / 1000);
  return seconds > 0 ? ` for ${formatDuration(seconds * 1000)}` : '';
}

/** Such as `; 2 other findings are caused by this; 8 cannot be judged before`; empty where there is nothing behind it. */
export function whatIsBehind(group: Group | CauseGroup): string {
  const waiting = 'cause' in group ? group.notJudged.length : 0;
  const caused = group.blocks === 1 ? 'is caused' : 'are caused';
  return [
    ...(group.blocks > 0 ? [`; ${count(group.blocks, 'other finding')} ${caused} by this`] : []),
    ...(waiting > 0
      ? [`; ${group.blocks > 0 ? waiting : count(waiting, 'other finding')} cannot be judged before`]
      : []),
  ].join('');
}
