import type { Status } from '../checks/check.ts';
import { type Finding, isUnresolved, severity, subjectKey } from '../gate/finding.ts';
import { formatDuration } from '../values/duration.ts';
import type { ReportedNode } from './cluster.ts';
import { nameNodes } from './groups.ts';
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

/** What is compared: of a report, or of the JSON file of an earlier one. */
export interface Compared {
  readonly findings: readonly Pick<Finding, 'check' | 'node' | 'status' | 'message'>[];
  readonly cluster?: { readonly nodes: readonly Pick<ReportedNode, 'name' | 'talosVersion'>[] };
}

/** A check whose status differs, on one node or several (none: on the cluster). */
export interface StatusChange {
  readonly check: string;
  readonly nodes: readonly string[];
  /** Absent if there was no such finding. */
  readonly from?: Status;
  readonly to: Status;
  /** Of the later report. */
  readonly message: string;
}

interface VersionChange {
  readonly from: string;
  readonly to: string;
  readonly nodes: readonly string[];
}

/** The differences of two reports. */
export interface Comparison {
  /** The worst of the later statuses first. Nodes that are new and well are only in `joined`. */
  readonly statuses: readonly StatusChange[];
  /** Of Talos. */
  readonly versions: readonly VersionChange[];
  readonly joined: readonly string[];
  readonly left: readonly string[];
}

/** What differs between two reports. Without a cluster in one of them, no node has joined or left. Pure. */
export function compare(before: Compared, after: Compared): Comparison {
  const [old, now] = [versionsOf(before), versionsOf(after)];
  const isComparable = old.size > 0 && now.size > 0;
  const missingFrom = (from: typeof old, others: typeof old): readonly string[] =>
    isComparable ? [...from.keys()].filter((name) => !others.has(name)) : [];
  const versions = [...now].flatMap(([name, to]) => {
    const from = old.get(name);
    return from === undefined || to === undefined || from === to ? [] : [{ name, from, to }];
  });
  return {
    statuses: statusChanges(before, after),
    versions: [...Map.groupBy(versions, ({ from, to }) => JSON.stringify([from, to])).values()].flatMap((same) =>
      same.slice(0, 1).map(({ from, to }) => ({ from, to, nodes: same.map(({ name }) => name) })),
    ),
    joined: missingFrom(now, old),
    left: missingFrom(old, now),
  };
}

function versionsOf({ cluster }: Compared): ReadonlyMap<string, string | undefined> {
  return new Map((cluster?.nodes ?? []).map(({ name, talosVersion }) => [name, talosVersion]));
}

function statusChanges(before: Compared, after: Compared): readonly StatusChange[] {
  const old = new Map(before.findings.map((finding) => [subjectKey(finding), finding.status]));
  const changed = after.findings.flatMap(({ check, node, status: to, message }) => {
    const from = old.get(subjectKey({ check, node }));
    return from === to || (from === undefined && !isUnresolved({ status: to }))
      ? []
      : [{ check, node, from, to, message }];
  });
  const same = Map.groupBy(changed, ({ check, from, to, message }) =>
    JSON.stringify([check, from, to, isUnresolved({ status: to }) ? message : '']),
  );
  return [...same.values()]
    .flatMap((all) =>
      all.slice(0, 1).map(({ check, from, to, message }) => ({
        check,
        nodes: all.flatMap(({ node }) => (node === undefined ? [] : [node])),
        ...(from !== undefined && { from }),
        to,
        message,
      })),
    )
    .toSorted((one, other) => severity(one.to) - severity(other.to));
}

/** Checks that are unresolved in the later report, and were not (or did not exist) in the earlier one. */
export function broken(before: Compared, after: Compared): readonly StatusChange[] {
  return compare(before, after).statuses.filter(
    ({ from, to }) => isUnresolved({ status: to }) && (from === undefined || !isUnresolved({ status: from })),
  );
}

/** Names per list. */
const maxNodes = 10;

/** Other differences: nodes that joined or left, and versions of Talos. Sentences without their full stop, not escaped. */
export function differences(before: Compared, after: Compared): readonly string[] {
  const { joined, left, versions } = compare(before, after);
  const line = (what: string, names: readonly string[]): string[] =>
    names.length === 0 ? [] : [`${what}: ${nameNodes(names, maxNodes)}`];
  return [
    ...line('No longer there', left),
    ...line('New', joined),
    ...versions.flatMap(({ from, to, nodes }) => line(`Talos ${from} became ${to}`, nodes)),
  ];
}
