import type { Stage, Status } from '../checks/check.ts';
import { type Finding, isFine, isUnresolved, type Subject, subjectKey } from './finding.ts';

/** A finding whose status differs from the previous round. `from` is absent if the finding is new. */
interface Change extends Subject {
  /** When the round observed it, epoch milliseconds. */
  readonly at: number;
  readonly from?: Status;
  readonly to: Status;
  readonly message: string;
}

/** When a stage was first not healthy, and when it last became healthy; without `until`, it still is not. */
export interface Unsettled {
  readonly from: number;
  readonly until?: number;
}

/** What the sequence of rounds shows. Times are epoch milliseconds. */
export interface History {
  /** The time of the newest round. */
  readonly at: number;
  /** The findings of the newest round, by their key. */
  readonly tracks: ReadonlyMap<string, Track>;
  /** Oldest first. */
  readonly changes: readonly Change[];
  /** The number of changes that were discarded. */
  readonly dropped: number;
  /** Stages that were not healthy at any time. */
  readonly unsettled: ReadonlyMap<Stage, Unsettled>;
}

interface Track extends Pick<Finding, 'node' | 'status'> {
  /** Since when it has this status. */
  readonly since: number;
  /** When its trouble began; absent if it has none. */
  readonly troubledSince?: number;
  /** The number of its changes that are kept. */
  readonly changes: number;
}

/** Limits of the changes that are kept: a wait can take days, and a node can flap all the time. */
const maxPerFinding = 10;
const maxChanges = 5000;

/**
 * Adds a round to the history. Only a change of status counts: a message may contain a duration. The first round adds
 * no changes.
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
    if (known >= maxPerFinding) {
      tooMany.add(key);
    }
    const changes = history === undefined ? 0 : Math.min(known + 1, maxPerFinding);
    tracks.set(key, track(finding, at, changes, troubles.get(key)));
  }
  const all = [...withoutOldest(history?.changes ?? [], tooMany), ...fresh];
  const dropped = (history?.dropped ?? 0) + tooMany.size + Math.max(0, all.length - maxChanges);
  return { at, tracks, changes: all.slice(-maxChanges), dropped, unsettled: settle(history?.unsettled, at, findings) };
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
 * When the trouble of each finding that is not fine began, by the finding's key. A trouble may change its symptom: if a
 * finding fails when another one of the same node ends, or is blocked by another one, its trouble began with the other.
 * If it fails while the others of its node remain, it is a new trouble.
 */
function troublesOf(before: History['tracks'], at: number, findings: readonly Finding[]): ReadonlyMap<string, number> {
  const troubles = new Map<string, number>();
  const wrong = findings.filter((finding) => !isFine(finding));
  if (wrong.length === 0) {
    return troubles;
  }
  const nodes = new Set([...before.values()].map(({ node }) => node));
  const ended = troublesEnded(before, wrong);
  const unresolvedFirst = wrong.toSorted((one, other) => Number(isUnresolved(other)) - Number(isUnresolved(one)));
  for (const { check, node, blockedBy } of unresolvedFirst) {
    const key = subjectKey({ check, node });
    const blocker = blockedBy && troubles.get(subjectKey(blockedBy));
    // Before a node was known, its trouble was reported for the cluster.
    const previous = ended.get(nodes.has(node) ? node : undefined);
    troubles.set(key, before.get(key)?.troubledSince ?? blocker ?? previous ?? at);
  }
  return troubles;
}

/** When the troubles began whose findings are no longer pending or failed: the earliest per node. */
function troublesEnded(before: History['tracks'], wrong: readonly Finding[]): ReadonlyMap<string | undefined, number> {
  const unresolved = new Set(wrong.filter(isUnresolved).map(subjectKey));
  const ended = new Map<string | undefined, number>();
  for (const [key, { node, status, troubledSince }] of before) {
    if (troubledSince !== undefined && isUnresolved({ status }) && !unresolved.has(key)) {
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

/** When a finding of the newest round got its status. */
export function since(history: History, finding: Finding): number {
  return history.tracks.get(subjectKey(finding))?.since ?? history.at;
}

/** When the trouble of a finding of the newest round began. */
export function troubledSince(history: History, finding: Finding): number {
  return history.tracks.get(subjectKey(finding))?.troubledSince ?? history.at;
}
