import type { RoundLimits } from '../observe/asking.ts';
import type { ClusterNode } from '../observe/cluster.ts';
import type { Observer } from '../observe/observer.ts';
import type { Snapshot } from '../observe/snapshot.ts';
import { hangBell } from './bell.ts';
import { openRefresher } from './refresher.ts';

/** Looks at the cluster that go on side by side; each tells when it has seen something. */
export interface Looks {
  /** Everything in one go. */
  atAll(): Promise<Snapshot>;
  /** Single nodes again, soon. */
  at(nodes: readonly ClusterNode[]): void;
  /** Who is in the cluster. One such look at a time. */
  atMembers(): void;
  /** Waits until a look has seen something, or until a time, epoch milliseconds; says whether one has. */
  news(until: number): Promise<boolean>;
  /** How long the slowest look at everything took, in milliseconds. */
  readonly slowest: number;
}

export interface LookSurroundings {
  now(): number;
  /** Resolves after so many milliseconds, or at once when the signal aborts; never rejects. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
  readonly observer: Observer;
}

/** @param bounds what bounds every look; its signal ends them all */
export function openLooks({ now, sleep, observer }: LookSurroundings, bounds: RoundLimits): Looks {
  const bell = hangBell();
  const refresher = openRefresher({
    now,
    sleep,
    look: (node, signal) => observer.node(node, { ...bounds, signal }),
    onSeen: bell.ring,
    signal: bounds.signal,
  });
  let slowest = 0;
  let lookingForMembers = false;
  return {
    async atAll() {
      const began = now();
      const snapshot = await observer.whole(bounds);
      slowest = Math.max(slowest, now() - began);
      return snapshot;
    },
    at(nodes) {
      for (const node of nodes) {
        refresher.refresh(node);
      }
    },
    atMembers() {
      if (!lookingForMembers) {
        lookingForMembers = true;
        void observer.members(bounds).then(() => {
          lookingForMembers = false;
          bell.ring();
        });
      }
    },
    async news(until) {
      const over = new AbortController();
      const timer = sleep(Math.max(0, until - now()), AbortSignal.any([bounds.signal, over.signal]));
      await Promise.race([bell.rung, timer]);
      over.abort();
      return bell.takeNote();
    },
    get slowest() {
      return slowest;
    },
  };
}
