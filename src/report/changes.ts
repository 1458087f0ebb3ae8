import { baselineMatch } from '../checks/facts/baseline.ts';
import { type Change, changesOf } from '../checks/facts/changes.ts';
import { inventoryOf } from '../checks/facts/inventory.ts';
import type { CheckOptions } from '../inputs/options.ts';
import type { Snapshot } from '../observe/snapshot.ts';

/** What differs between a node and the baseline. */
export interface NodeChanges {
  readonly node: string;
  readonly state: 'gone' | 'new' | 'changed';
  readonly changes: readonly Change[];
}

/** The nodes that differ from the baseline: first those that are gone, then in the order of the cluster. Pure. */
export function changesSince(snapshot: Snapshot, options: CheckOptions): readonly NodeChanges[] {
  const { ofNode, gone } = baselineMatch(snapshot, options);
  const present = snapshot.nodes.flatMap((seen): NodeChanges[] => {
    const node = seen.node.name;
    const before = ofNode.get(node);
    if (before === undefined) {
      return [{ node, state: 'new', changes: [] }];
    }
    const changes = changesOf(before, inventoryOf(seen, snapshot), options.baseline?.allowDowngrade ?? false);
    return changes.length === 0 ? [] : [{ node, state: 'changed', changes }];
  });
  return [...gone.map(({ name }): NodeChanges => ({ node: name, state: 'gone', changes: [] })), ...present];
}
