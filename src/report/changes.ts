import { baselineMatch } from '../checks/facts/baseline.ts';
import { type Change, changesOf } from '../checks/facts/changes.ts';
import { inventoryOf } from '../checks/facts/inventory.ts';
import type { CheckOptions } from '../inputs/options.ts';
import type { Snapshot } from '../observe/snapshot.ts';

/** What differs from the baseline. */
export interface Changes {
  /** When the run of the baseline began, ISO 8601. */
  readonly since: string;
  /** Nodes that differ: first those that are gone, then in the order of the cluster. */
  readonly nodes: readonly NodeChanges[];
}

export interface NodeChanges {
  readonly node: string;
  readonly state: 'gone' | 'new' | 'changed';
  readonly changes: readonly Change[];
}

/** Undefined without a baseline. Pure. */
export function changesSince(snapshot: Snapshot, options: CheckOptions): Changes | undefined {
  const { baseline } = options;
  if (baseline === undefined) {
    return undefined;
  }
  const { ofNode, gone } = baselineMatch(snapshot, options);
  const present = snapshot.nodes.flatMap((seen): NodeChanges[] => {
    const node = seen.node.name;
    const before = ofNode.get(node);
    if (before === undefined) {
      return [{ node, state: 'new', changes: [] }];
    }
    const changes = changesOf(before, inventoryOf(seen, snapshot), baseline.allowDowngrade);
    return changes.length === 0 ? [] : [{ node, state: 'changed', changes }];
  });
  return {
    since: baseline.startedAt,
    nodes: [...gone.map(({ name }): NodeChanges => ({ node: name, state: 'gone', changes: [] })), ...present],
  };
}
