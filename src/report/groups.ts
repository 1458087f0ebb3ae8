import { type Finding, nodesOf } from '../gate/finding.ts';
import { mergeCommands } from './command.ts';
import { sanitize, truncate } from './sanitize/sanitize.ts';
import type { View } from './view.ts';

/** Findings of one check with the same observation, on one node or many. */
export interface Group extends Pick<Finding, 'check' | 'stage' | 'status' | 'message'> {
  readonly findings: readonly Finding[];
  /** Names; empty for a finding of the whole cluster. */
  readonly nodes: readonly string[];
  /** Hints of its findings, without duplicates, and one command for those that differ only in their nodes. */
  readonly hints: readonly string[];
  readonly commands: readonly string[];
}

const observation = ({ check, status, message, blockedBy }: Finding): string =>
  JSON.stringify([check, status, message, blockedBy?.check]);

/** Groups of findings. Both groups and findings keep the order of the input. */
export function groupFindings(
  findings: readonly Finding[],
  keyOf: (finding: Finding) => string = observation,
): readonly Group[] {
  return [...Map.groupBy(findings, keyOf).values()].flatMap((same) => {
    const hints = same.flatMap(({ hint }) => hint ?? []);
    const { commands, note } = mergeCommands(hints.flatMap((hint) => hint.commands));
    return same.slice(0, 1).map(({ check, stage, status, message }) => ({
      check,
      stage,
      status,
      message,
      findings: same,
      nodes: nodesOf(same),
      hints: [...new Set(hints.map(({ text }) => (note === '' ? text : `${text} ${note}`)))],
      commands,
    }));
  });
}

/** One group per observation; findings that pass form one group per check, whatever their messages. */
export function groupByResult(findings: readonly Finding[]): readonly Group[] {
  return groupFindings(findings, (finding) => (finding.status === 'pass' ? finding.check : observation(finding)));
}

/** Groups of a check with the same status but other messages, such as one for each node. */
const maxGroups = 5;

/** At most five groups per check and status; the last one is of all further nodes, with one message as an example. */
export function fewPerCheck(groups: readonly Group[]): readonly Group[] {
  const byCheck = Map.groupBy(groups, ({ check, status, findings: [first] }) =>
    JSON.stringify([check, status, first?.blockedBy?.check]),
  );
  return [...byCheck.values()].flatMap((same) => {
    const rest = same.slice(maxGroups - 1);
    return rest.length < 2 ? same : [...same.slice(0, maxGroups - 1), ...together(rest)];
  });
}

function together(groups: readonly Group[]): readonly Group[] {
  const findings = groups.flatMap((group) => group.findings);
  return groups.slice(0, 1).map((first) => ({
    ...first,
    message: `for example, ${first.message}`,
    findings,
    nodes: nodesOf(findings),
  }));
}

/** Warnings, in the order of the stages. */
export function warnings({ stages }: View): readonly Group[] {
  return groupFindings(stages.flatMap(({ findings }) => findings.filter(({ status }) => status === 'warn')));
}

/** Graphemes of a node's name: a label of a host name has at most 63, and a longer name must not displace other text. */
const maxNameLength = 80;

/** Such as `cp-1, cp-2, cp-3 and 4 more`; `cluster` if there are no nodes. Not escaped. */
export function nameNodes(nodes: readonly string[], max: number): string {
  if (nodes.length === 0) {
    return 'cluster';
  }
  const names = nodes.slice(0, max).map((name) => truncate(sanitize(name), maxNameLength));
  const rest = nodes.length - names.length;
  return rest > 0 ? `${names.join(', ')} and ${rest} more` : names.join(', ');
}
