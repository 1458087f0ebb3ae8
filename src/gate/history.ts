import type { Stage, Status } from '../checks/check.ts';
import { type Finding, isFine, isUnresolved, type Subject, subjectKey } from './finding.ts';

/** A finding whose status is not what it was in the round before. `from` is absent where it is new. */
interface Change extends Subject {
  /** Epoch milliseconds of the round that saw it. */
  readonly at: number;
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

interface Track extends Pick<Finding, 'node' | 'status'> {
  /** Since when it has this status. */
  readonly since: number;
  /** When its trouble began; absent if it is fine. */
  readonly troubledSince?: number;
  /** How many changes of it are remembered. */
  readonly changes: number;
}

/** Changes that are remembered of one finding, and of all: a wait can take days, and a node can flap all along. */
const mostOfOne = 10;
const mostOfAll = 5000;

/**
 * The history with one more round. Only a status that changes is a change: a
 * message may count seconds. What the first round sees is no change.
 */
export function record(history: History | undefined, at: number, findings: readonly Finding[]): History {
  const tracks = new Map<string, Track>();
  const fresh: Change[] = [];
  const tooMany = new Set<string>();
  const troubles = troublesOf(history?.tracks ?? new Map(), at, findings);
  for (const finding of findings) {
    const key = subjectKey(finding);
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
    tracks.set(key, track(finding, at, changes, troubles.get(key)));
  }
  const all = [...withoutOldest(history?.changes ?? [], tooMany), ...fresh];
  const dropped = (history?.dropped ?? 0) + tooMany.size + Math.max(0, all.length - mostOfAll);
  return { at, tracks, changes: all.slice(-mostOfAll), dropped, unsettled: settle(history?.unsettled, at, findings) };
}

function track({ node, status }: Finding, at: number, changes: number, troubledSince: number | undefined): Track {
  return {
    ...(node !== undefined && { node }),
    status,
    since: at,
    changes,
    ...(troubledSince !== undefined && { troubledSince }),
  };
}

/**
 * When the trouble of each finding that is not fine began, by the finding's key. A trouble may change its symptom: a
 * finding that fails when another one of the same node ends, or that another one blocks, began when that one did.
 * A finding that fails while the others of its node last is a trouble of its own.
 */
function troublesOf(before: History['tracks'], at: number, findings: readonly Finding[]): ReadonlyMap<string, number> {
  const troubles = new Map<string, number>();
  const wrong = findings.filter((finding) => !isFine(finding));
  if (wrong.length === 0) {
    return troubles;
  }
  const nodes = new Set([...before.values()].map(({ node }) => node));
  const ended = troublesEnded(before, wrong);
  const standingFirst = wrong.toSorted((one, other) => Number(isUnresolved(other)) - Number(isUnresolved(one)));
  for (const { check, node, blockedBy } of standingFirst) {
    const key = subjectKey({ check, node });
    const blocker = blockedBy && troubles.get(subjectKey(blockedBy));
    // Before a node was known, its trouble was one of the cluster.
    const previous = ended.get(nodes.has(node) ? node : undefined);
    troubles.set(key, before.get(key)?.troubledSince ?? blocker ?? previous ?? at);
  }
  return troubles;
}

/** When the troubles began whose findings are no longer pending or failed, by node: the earliest of each. */
function troublesEnded(before: History['tracks'], wrong: readonly Finding[]): ReadonlyMap<string | undefined, number> {
  const standing = new Set(wrong.filter(isUnresolved).map(subjectKey));
  const ended = new Map<string | undefined, number>();
  for (const [key, { node, status, troubledSince }] of before) {
    if (troubledSince !== undefined && isUnresolved({ status }) && !standing.has(key)) {
      ended.set(node, Math.min(ended.get(node) ?? troubledSince, troubledSince));
    }
  }
  return ended;
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
  return changes.filter((one) => !left.delete(subjectKey(one)));
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
  return history.tracks.get(subjectKey(finding))?.since ?? history.at;
}

/** When the trouble of the finding, of the last round and not fine, began. */
export function troubledSince(history: History, finding: Finding): number {
  return history.tracks.get(subjectKey(finding))?.troubledSince ?? history.at;
}
