import { type Stage, type Status, stages } from '../checks/check.ts';
import { type Finding, isUnresolved, subjectKey } from '../gate/finding.ts';
import { cut, sanitize } from './sanitize.ts';

/** The same check with the same observation, on one node or many. */
export interface Group {
  readonly check: string;
  readonly stage: Stage;
  readonly status: Status;
  readonly message: string;
  /** Names; empty for a finding of the whole cluster. */
  readonly nodes: readonly string[];
  /** Hints and commands of its findings, each once: they differ where they name the node. */
  readonly hints: readonly string[];
  readonly commands: readonly string[];
  /** How many findings cannot be judged because of it. */
  readonly blocks: number;
}

/** How many findings each finding stands in the way of. */
function countBlocked(findings: readonly Finding[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { blockedBy } of findings) {
    if (blockedBy !== undefined) {
      const key = subjectKey(blockedBy);
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
  }
  return counts;
}

function merge(findings: readonly Finding[], blocked: ReadonlyMap<string, number>): Group[] {
  const byObservation = Map.groupBy(findings, ({ check, status, message }) => JSON.stringify([check, status, message]));
  return [...byObservation.values()].flatMap((same) => {
    const [first] = same;
    if (first === undefined) {
      return [];
    }
    const hints = same.flatMap(({ hint }) => (hint === undefined ? [] : [hint]));
    return {
      check: first.check,
      stage: first.stage,
      status: first.status,
      message: first.message,
      nodes: same.flatMap(({ node }) => (node === undefined ? [] : [node])),
      hints: [...new Set(hints.map(({ text }) => text))],
      commands: [...new Set(hints.flatMap(({ commands }) => commands))],
      blocks: same.reduce((sum, finding) => sum + (blocked.get(subjectKey(finding)) ?? 0), 0),
    };
  });
}

function byStage(one: Finding, other: Finding): number {
  return stages.indexOf(one.stage) - stages.indexOf(other.stage);
}

/**
 * What explains a verdict that is not healthy, first things first: what ended
 * the wait, then in the order of the stages. A blocked finding is not among
 * them, unless its cause is not there to be shown.
 */
export function causes(findings: readonly Finding[]): Group[] {
  const wrong = findings.filter(isUnresolved);
  const shown = new Set(wrong.map(subjectKey));
  const orphans = findings.filter(
    ({ status, blockedBy }) => status === 'blocked' && (blockedBy === undefined || !shown.has(subjectKey(blockedBy))),
  );
  const ordered = [...wrong, ...orphans].sort(
    (one, other) => Number(other.status === 'fail') - Number(one.status === 'fail') || byStage(one, other),
  );
  return merge(ordered, countBlocked(findings));
}

/** What is worth knowing and not wrong, in the order of the stages. */
export function warnings(findings: readonly Finding[]): Group[] {
  const warned = findings.filter(({ status }) => status === 'warn').sort(byStage);
  return merge(warned, new Map());
}

/** Graphemes of a node's name that are shown: a host name's label has 63, and what is longer must not push out the rest. */
const longestName = 80;

/** Such as `cp-1, cp-2, cp-3 and 4 more`, or `cluster` for a finding of all of it. Not escaped. */
export function nameNodes(nodes: readonly string[], most: number): string {
  if (nodes.length === 0) {
    return 'cluster';
  }
  const names = nodes.slice(0, most).map((name) => cut(sanitize(name), longestName));
  const rest = nodes.length - names.length;
  return rest > 0 ? `${names.join(', ')} and ${rest} more` : names.join(', ');
}
