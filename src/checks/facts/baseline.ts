import type { Baseline } from '../../inputs/baseline.ts';
import type { NodeInventory } from '../../inputs/inventory.ts';
import type { CheckOptions } from '../../inputs/options.ts';
import type { NodeSnapshot, Snapshot } from '../../observe/snapshot.ts';
import { isSameBoot, matchBaseline } from './changes.ts';
import { inventoryOf } from './inventory.ts';
import { nodeIdOf } from './nodes.ts';
import { perSnapshot } from './per-snapshot.ts';
import { isOlder } from './versions.ts';

type Matching = ReturnType<typeof matchBaseline>;

/** A run has one baseline, which it compares with every snapshot. */
const matchings = new WeakMap<Baseline, (snapshot: Snapshot) => Matching>();

function matchingOf({ nodes: before }: Baseline): (snapshot: Snapshot) => Matching {
  return perSnapshot(({ nodes }) =>
    matchBaseline(
      before,
      nodes.map((node) => {
        const nodeId = nodeIdOf(node);
        return { name: node.node.name, ...(nodeId !== undefined && { nodeId }) };
      }),
    ),
  );
}

/** The nodes of the baseline matched with those of the snapshot. */
export function baselineMatch(snapshot: Snapshot, { baseline }: CheckOptions): Matching {
  if (baseline === undefined) {
    return { ofNode: new Map(), gone: [] };
  }
  const matching = matchings.get(baseline) ?? matchingOf(baseline);
  matchings.set(baseline, matching);
  return matching(snapshot);
}

/** Whether nodes on both sides tell their node ids, and none is on both: the baseline is of another cluster. */
export function isOtherCluster({ nodes }: Snapshot, { baseline }: CheckOptions): boolean {
  const before = new Set(baseline?.nodes.flatMap(({ nodeId }) => nodeId ?? []));
  const ids = nodes.flatMap((node) => nodeIdOf(node) ?? []);
  return before.size > 0 && ids.length > 0 && !ids.some((id) => before.has(id));
}

/** How an upgrade ended that did not end as expected. */
export interface FailedUpgrade {
  readonly how: 'rolled back' | 'never rebooted';
  readonly words: string;
}

/**
 * Tells from the boot why a node runs an older version of Talos than expected. Undefined if it does not, or if neither the
 * baseline nor the boots that this run has seen tell it.
 */
export function failedUpgrade(
  seen: NodeSnapshot,
  snapshot: Snapshot,
  options: CheckOptions,
): FailedUpgrade | undefined {
  const { version, boots = [] } = seen;
  const { talosVersion: expected } = options.expected;
  if (!version.ok || expected === undefined || !isOlder(version.value.tag, expected)) {
    return undefined;
  }
  const { tag } = version.value;
  const newer = boots.findLast((boot) => isOlder(tag, boot.version));
  if (newer !== undefined) {
    return {
      how: 'rolled back',
      words: `it was rolled back: it booted Talos ${newer.version}, and runs ${tag} again`,
    };
  }
  const before = baselineMatch(snapshot, options).ofNode.get(seen.node.name);
  const isSame = before && isSameBoot(before.boot, inventoryOf(seen, snapshot).boot);
  if (isSame === undefined) {
    return undefined;
  }
  return isSame
    ? {
        how: 'never rebooted',
        words: `it has not rebooted since the baseline, and runs Talos ${tag}: ${expected} is not installed, or has not booted`,
      }
    : {
        how: 'rolled back',
        words: `it was rolled back: it has rebooted since the baseline, and runs Talos ${tag} instead of ${expected}`,
      };
}

/** The versions of the boots that this run has seen since the baseline, if the last one is not the only one of it. */
export function repeatedBoots({ boots = [] }: NodeSnapshot, { baseline }: CheckOptions): readonly string[] {
  const start = baseline === undefined ? Number.POSITIVE_INFINITY : Date.parse(baseline.startedAt);
  const versions = boots.filter(({ since }) => since > start).map(({ version }) => version);
  const last = versions.at(-1);
  return versions.filter((version) => version === last).length > 1 ? versions : [];
}

/** The inventory of the node in the baseline; undefined if it is new. */
export function baselineOf(seen: NodeSnapshot, snapshot: Snapshot, options: CheckOptions): NodeInventory | undefined {
  return baselineMatch(snapshot, options).ofNode.get(seen.node.name);
}
