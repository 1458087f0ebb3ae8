import type { Status } from '../checks/check.ts';
import { type Change, changesOf, matchBaseline } from '../checks/facts/changes.ts';
import { type Finding, isUnresolved, severity, subjectKey } from '../gate/finding.ts';
import type { NodeInventory } from '../inputs/inventory.ts';
import { formatDuration } from '../values/duration.ts';
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
  readonly cluster?: { readonly nodes: readonly NodeInventory[] };
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

/** What differs between the inventories of one node or several. */
export interface InventoryChange extends Change {
  readonly nodes: readonly string[];
}

/** The differences of two reports. */
export interface Comparison {
  /** The worst of the later statuses first. Nodes that are new and well are only in `joined`. */
  readonly statuses: readonly StatusChange[];
  readonly inventories: readonly InventoryChange[];
  readonly joined: readonly string[];
  readonly left: readonly string[];
}

/** What differs between two reports. Without a cluster in one of them, no node has joined or left. Pure. */
export function compare(before: Compared, after: Compared): Comparison {
  const [old, now] = [before.cluster?.nodes ?? [], after.cluster?.nodes ?? []];
  const { ofNode, gone } = matchBaseline(old, now);
  const isComparable = old.length > 0 && now.length > 0;
  return {
    statuses: statusChanges(before, after),
    inventories: inventoryChanges(ofNode, now),
    joined: isComparable ? now.map(({ name }) => name).filter((name) => !ofNode.has(name)) : [],
    left: isComparable ? gone.map(({ name }) => name) : [],
  };
}

/** Equal changes of several nodes are one; a boot is equal to every other. */
function inventoryChanges(
  before: ReadonlyMap<string, NodeInventory>,
  now: readonly NodeInventory[],
): readonly InventoryChange[] {
  const all = now.flatMap((node) => {
    const old = before.get(node.name);
    return old === undefined ? [] : changesOf(old, node, false).map((change) => ({ ...change, node: node.name }));
  });
  const same = Map.groupBy(all, ({ what, from, to }) => JSON.stringify(what === 'boot' ? what : [what, from, to]));
  return [...same.values()].flatMap((changes) =>
    changes.slice(0, 1).map(({ node: _first, ...change }) => ({ ...change, nodes: changes.map(({ node }) => node) })),
  );
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
export function broken({ statuses }: Comparison): readonly StatusChange[] {
  return statuses.filter(
    ({ from, to }) => isUnresolved({ status: to }) && (from === undefined || !isUnresolved({ status: from })),
  );
}

/** Names per list. */
const maxNodes = 10;

/** Other differences: nodes that joined or left, and what they are and have. Sentences without their full stop, not escaped. */
export function differences({ joined, left, inventories }: Comparison): readonly string[] {
  const line = (what: string, names: readonly string[]): string[] =>
    names.length === 0 ? [] : [`${what}: ${nameNodes(names, maxNodes)}`];
  return [
    ...line('No longer there', left),
    ...line('New', joined),
    ...inventories.flatMap((change) => line(changeText(change), change.nodes)),
  ];
}

function changeText({ what, from, to }: Change): string {
  switch (what) {
    case 'boot':
      return 'Rebooted';
    case 'node id':
      return 'Wiped or replaced';
    case 'Talos':
    case 'Kubernetes':
      return `${what} ${from} became ${to}`;
    default:
      return `The ${what} (${from}) became ${to}`;
  }
}
