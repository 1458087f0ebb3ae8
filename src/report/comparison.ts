import { isUnresolved, severity, subjectKey } from '../gate/finding.ts';
import { formatDuration } from '../values/duration.ts';
import type { ReportedNode } from './cluster.ts';
import { type Group, groupFindings, nameNodes } from './groups.ts';
import type { GuardedCommand, Report } from './model.ts';

/** The outcome of the command, as a sentence without its full stop. */
export function describeCommand(command: GuardedCommand): string {
  if (!command.ran) {
    return 'The command was not run, because the cluster was not seen healthy';
  }
  const time = formatDuration(command.endedAt - command.startedAt);
  return command.exitCode === 0
    ? `The command succeeded, after ${time}`
    : `The command failed with exit code ${command.exitCode}, after ${time}`;
}

/** Whether a command was run and failed. */
export function commandFailed({ command }: Report): boolean {
  return command?.ran === true && command.exitCode !== 0;
}

/** Findings that are unresolved after the command, and were not (or did not exist) before it. */
export function broken(before: Report, after: Report): readonly Group[] {
  const wrongBefore = new Set(before.findings.filter(isUnresolved).map(subjectKey));
  const fresh = after.stages.flatMap(({ findings }) =>
    findings.filter((finding) => isUnresolved(finding) && !wrongBefore.has(subjectKey(finding))),
  );
  // Failed before pending.
  return groupFindings(fresh.toSorted((one, other) => severity(one.status) - severity(other.status)));
}

/** Names per list. */
const maxNodes = 10;

/** Other differences: nodes that joined or left, and versions of Talos. Sentences without their full stop, not escaped. */
export function differences(before: Report, after: Report): readonly string[] {
  const [old, now] = [nodesOf(before), nodesOf(after)];
  if (old.size === 0 || now.size === 0) {
    return [];
  }
  const missingFrom = (from: ReadonlyMap<string, ReportedNode>, others: ReadonlyMap<string, ReportedNode>): string[] =>
    [...from.keys()].filter((name) => !others.has(name));
  const line = (what: string, names: readonly string[]): string[] =>
    names.length === 0 ? [] : [`${what}: ${nameNodes(names, maxNodes)}`];
  return [
    ...line('No longer there', missingFrom(old, now)),
    ...line('New', missingFrom(now, old)),
    ...[...Map.groupBy(now.values(), (node) => versionChange(old.get(node.name), node))].flatMap(([change, nodes]) =>
      change === undefined
        ? []
        : line(
            change,
            nodes.map(({ name }) => name),
          ),
    ),
  ];
}

function nodesOf({ cluster }: Report): ReadonlyMap<string, ReportedNode> {
  return new Map((cluster?.nodes ?? []).map((node) => [node.name, node]));
}

function versionChange(old: ReportedNode | undefined, { talosVersion: version }: ReportedNode): string | undefined {
  const previous = old?.talosVersion;
  return previous === undefined || version === undefined || previous === version
    ? undefined
    : `Talos ${previous} became ${version}`;
}
