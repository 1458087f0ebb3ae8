import { type Finding, nodesOf } from '../gate/finding.ts';
import { cut, sanitize } from './sanitize.ts';
import type { View } from './view.ts';

/** Findings of one check with the same observation, on one node or many. */
export interface Group extends Pick<Finding, 'check' | 'stage' | 'status' | 'message'> {
  readonly findings: readonly Finding[];
  /** Names; empty for a finding of the whole cluster. */
  readonly nodes: readonly string[];
  /** Hints and commands of its findings, each once: they differ if they name the node. */
  readonly hints: readonly string[];
  readonly commands: readonly string[];
}

const observation = ({ check, status, message, blockedBy }: Finding): string =>
  JSON.stringify([check, status, message, blockedBy?.check]);

/** Findings in groups, both in the order in which they came. */
export function grouped(
  findings: readonly Finding[],
  keyOf: (finding: Finding) => string = observation,
): readonly Group[] {
  return [...Map.groupBy(findings, keyOf).values()].flatMap((same) => {
    const hints = same.flatMap(({ hint }) => hint ?? []);
    return same.slice(0, 1).map(({ check, stage, status, message }) => ({
      check,
      stage,
      status,
      message,
      findings: same,
      nodes: nodesOf(same),
      hints: [...new Set(hints.map(({ text }) => text))],
      commands: [...new Set(hints.flatMap(({ commands }) => commands))],
    }));
  });
}

/** One group per observation, but what passes is one group per check, whatever was seen. */
export function groupedByResult(findings: readonly Finding[]): readonly Group[] {
  return grouped(findings, (finding) => (finding.status === 'pass' ? finding.check : observation(finding)));
}

/** What is worth knowing and not wrong, in the order of the stages. */
export function warnings({ stages }: View): readonly Group[] {
  return grouped(stages.flatMap(({ findings }) => findings.filter(({ status }) => status === 'warn')));
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
