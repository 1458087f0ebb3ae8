import type { Stage, Status } from '../checks/check.ts';
import type { Finding } from './finding.ts';

/** A finding whose status is not what it was in the round before. `from` is absent where it is new. */
interface Change {
  /** Epoch milliseconds of the round that saw it. */
  readonly at: number;
  readonly check: string;
  readonly node?: string;
  readonly from?: Status;
  readonly to: Status;
  readonly message: string;
}

/** When a stage was not as it should: since the first time, and until it was for good; without `until`, it still is not. */
export interface Unsettled {
  readonly from: number;
  readonly until?: number;
}

/** What all rounds together tell that the last one does not. Times are epoch milliseconds. */
export interface History {
  /** The round that was recorded last. */
  readonly at: number;
  /** Since when each finding of the last round has the status that it has, by its key. */
  readonly tracks: ReadonlyMap<string, Track>;
  /** The oldest first. */
  readonly changes: readonly Change[];
  /** How many changes were forgotten. */
  readonly dropped: number;
  /** Stages that were ever not as they should. */
  readonly unsettled: ReadonlyMap<Stage, Unsettled>;
}

interface Track {
  readonly status: Status;
  readonly since: number;
  /** How many changes of it are remembered. */
  readonly changes: number;
}

/** Changes that are remembered of one finding, and of all: a wait can take days, and a node can flap all along. */
const mostOfOne = 10;
const mostOfAll = 5000;

function keyOf({ check, node }: { readonly check: string; readonly node?: string }): string {
  return JSON.stringify([check, node]);
}

function isFine({ status }: Finding): boolean {
  return status === 'pass' || status === 'skip' || status === 'warn';
}

/**
 * The history with one more round. Only a status that changes is a change: a
 * message may count seconds. What the first round sees is no change.
 */
export function record(history: History | undefined, at: number, findings: readonly Finding[]): History {
  const tracks = new Map<string, Track>();
  const fresh: Change[] = [];
  const tooMany = new Set<string>();
  for (const finding of findings) {
    const key = keyOf(finding);
    const before = history?.tracks.get(key);
    if (before?.status === finding.status) {
      tracks.set(key, before);
      continue;
    }
    const known = before?.changes ?? 0;
    if (history !== undefined) {
      fresh.push(change(finding, at, before?.status));
    }
    if (known >= mostOfOne) {
      tooMany.add(key);
    }
    const changes = history === undefined ? 0 : Math.min(known + 1, mostOfOne);
    tracks.set(key, { status: finding.status, since: at, changes });
  }
  const all = [...withoutOldest(history?.changes ?? [], tooMany), ...fresh];
  const dropped = (history?.dropped ?? 0) + tooMany.size + Math.max(0, all.length - mostOfAll);
  return { at, tracks, changes: all.slice(-mostOfAll), dropped, unsettled: settle(history?.unsettled, at, findings) };
}

function change({ check, node, status, message }: Finding, at: number, from: Status | undefined): Change {
  return { at, check, ...(node !== undefined && { node }), ...(from !== undefined && { from }), to: status, message };
}

/** The changes without the oldest one of each of these findings. */
function withoutOldest(changes: readonly Change[], keys: ReadonlySet<string>): readonly Change[] {
  if (keys.size === 0) {
    return changes;
  }
  const left = new Set(keys);
  return changes.filter((one) => !left.delete(keyOf(one)));
}

function settle(
  before: ReadonlyMap<Stage, Unsettled> | undefined,
  at: number,
  findings: readonly Finding[],
): ReadonlyMap<Stage, Unsettled> {
  const after = new Map(before);
  for (const [stage, own] of Map.groupBy(findings, (finding) => finding.stage)) {
    const known = after.get(stage);
    if (!own.every(isFine)) {
      after.set(stage, { from: known?.from ?? at });
    } else if (known !== undefined && known.until === undefined) {
      after.set(stage, { from: known.from, until: at });
    }
  }
  return after;
}

/** Since when the finding, of the last round, has its status. */
export function since(history: History, finding: Finding): number {
  return history.tracks.get(keyOf(finding))?.since ?? history.at;
}
