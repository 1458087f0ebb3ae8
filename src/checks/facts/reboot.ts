import type { CheckOptions } from '../../inputs/options.ts';
import type { NodeSnapshot, Snapshot } from '../../observe/snapshot.ts';
import { isNotExposed } from '../../talos/failure.ts';
import { withReason } from '../text.ts';
import { isContainer } from './machine-status.ts';
import { controlPlanesOf, workersOf } from './node-counts.ts';
import { claimants } from './nodes.ts';

/** What `safe-to-reboot` names. */
interface Named {
  /** Each node once, in the order of the cluster. */
  readonly named: readonly NodeSnapshot[];
  /** Entries that name no node. */
  readonly unknown: readonly string[];
  /** Entries that more than one node claims, with the names of these nodes. */
  readonly ambiguous: readonly { readonly entry: string; readonly nodes: readonly string[] }[];
}

export function namedNodes(snapshot: Snapshot, { safeToReboot = [] }: CheckOptions): Named {
  const found = safeToReboot.map((entry) => ({ entry, nodes: claimants(snapshot, entry).map(({ name }) => name) }));
  const names = new Set(found.flatMap(({ nodes }) => (nodes.length === 1 ? nodes : [])));
  return {
    named: snapshot.nodes.filter(({ node }) => names.has(node.name)),
    unknown: found.filter(({ nodes }) => nodes.length === 0).map(({ entry }) => entry),
    ambiguous: found.filter(({ nodes }) => nodes.length > 1),
  };
}

/** The nodes that are about to go down, and all others but for those that are taken for gone. */
export interface Reboot {
  readonly named: readonly NodeSnapshot[];
  readonly others: readonly NodeSnapshot[];
}

export function rebootOf(snapshot: Snapshot, options: CheckOptions): Reboot {
  const { named } = namedNodes(snapshot, options);
  const without = new Set([...named, ...workersOf(snapshot, options).gone, ...controlPlanesOf(snapshot, options).gone]);
  return { named, others: snapshot.nodes.filter((node) => !without.has(node)) };
}

export function isControlPlane({ node }: NodeSnapshot): boolean {
  return node.role === 'controlplane';
}

/** A reason against the reboot, as a sentence without the full stop, and the node that is at fault, if one is. */
export interface Objection {
  readonly words: string;
  readonly node?: NodeSnapshot;
}

/** The nodes at fault, each once. */
export function nodesAtFault(objections: readonly Objection[]): readonly NodeSnapshot[] {
  return [...new Set(objections.flatMap(({ node }) => node ?? []))];
}

export function sentence(objections: readonly Objection[]): string {
  return objections.map(({ words }) => words).join('; ');
}

/** An upgrade that the next boot would carry out, or that a boot that fails would undo. */
export function halfDoneUpgrade(seen: NodeSnapshot): readonly Objection[] {
  const { node, upgrade } = seen;
  if (isContainer(seen)) return [];
  const because = (words: string): readonly Objection[] => [{ words, node: seen }];
  if (!upgrade.ok) {
    return isNotExposed(upgrade.error)
      ? []
      : because(`cannot tell whether an upgrade of ${node.name} is half done: ${upgrade.error.message}`);
  }
  const { staged, fallback } = upgrade.value;
  if (staged !== undefined) {
    return because(withReason(`an upgrade is staged on ${node.name}, and its next boot installs it`, staged));
  }
  return fallback === undefined
    ? []
    : because(
        `an upgrade of ${node.name} is not confirmed: if its next boot fails, it goes back to the boot entry ${fallback}`,
      );
}
