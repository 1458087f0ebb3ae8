import type { Clock } from '../observe/clock.ts';
import type { ClusterNode } from '../observe/members/cluster.ts';
import { createEvent, type Event } from './event.ts';

/** A unit of polling: a node, the members, the Kubernetes API, or a whole round. */
export type Subject = ClusterNode | 'members' | 'kubernetes' | 'round';

/** Unique per subject. */
export const keyOf = (subject: Subject): string => (typeof subject === 'string' ? subject : `node ${subject.name}`);

/** A subject, and the milliseconds from the start of one poll to the start of the next. */
export interface Scheduled {
  readonly subject: Subject;
  readonly interval: number;
}

/** One independent polling loop per subject. */
export interface Polling {
  /** Polls the subject soon. */
  wake(subject: Subject): void;
  /** Polls these subjects at their intervals, and all others only after `wake`. */
  follow(schedule: readonly Scheduled[]): void;
  /** Starts a whole round, which replaces all polls requested by `wake`. */
  beginRound(): void;
}

export interface PollDependencies extends Clock {
  /** Never rejects. */
  poll(subject: Subject, signal: AbortSignal): Promise<void>;
  /** @param began when the completed poll began, epoch milliseconds */
  onPolled(subject: Subject, began: number): void;
  readonly signal: AbortSignal;
}

/** A poll that takes longer hangs and no longer delays the next one. In milliseconds. */
const patience = 250;

/**
 * If the poll of a node hangs for this long, a second one starts beside it: the call may have been lost with its
 * connection. In milliseconds.
 */
const secondTry = 1000;

/** Several watches report the end of one fault within this time, in milliseconds. */
const debounce = 5;

/** The token bucket of each subject: a burst of polls, then one per refill interval in milliseconds. */
const bucket = { burst: 10, refill: 250 };

interface Poll {
  readonly began: number;
  readonly controller: AbortController;
}

/** Times are epoch milliseconds; Infinity means never. */
interface Loop {
  subject: Subject;
  /** In progress, oldest first; at most two. */
  readonly polls: Poll[];
  /** Set if a field below has changed. */
  readonly changed: Event;
  wokenAt: number;
  interval: number;
  /** When its last poll or the last whole round began. */
  polledAt: number;
  /** When the bucket is full again. */
  fullAt: number;
}

/** When the next poll of a loop starts. A whole round is exempt from debounce and token bucket: it is rare. */
function nextPoll({ subject, polls, wokenAt, interval, polledAt, fullAt }: Loop): number {
  const latest = polls.at(-1)?.began ?? Number.NEGATIVE_INFINITY;
  if (subject === 'round') {
    return Math.max(wokenAt, latest + patience);
  }
  const second = polls.length === 1 && typeof subject !== 'string' ? latest + secondTry : Number.POSITIVE_INFINITY;
  const due = Math.min(wokenAt + debounce, polledAt + interval, second);
  return Math.max(due, latest + patience, fullAt - bucket.burst * bucket.refill);
}

export function openPolling({ now, sleep, poll, onPolled, signal }: PollDependencies): Polling {
  const loops = new Map<string, Loop>();

  function loopOf(subject: Subject): Loop {
    const known = loops.get(keyOf(subject));
    const loop = known ?? {
      subject,
      polls: [],
      changed: createEvent({ now, sleep }, signal),
      wokenAt: Number.POSITIVE_INFINITY,
      interval: Number.POSITIVE_INFINITY,
      polledAt: loops.get('round')?.polledAt ?? now(),
      fullAt: 0,
    };
    loop.subject = subject;
    if (known === undefined) {
      loops.set(keyOf(subject), loop);
      void keep(loop);
    }
    return loop;
  }

  async function keep(loop: Loop): Promise<void> {
    while (!signal.aborted) {
      if (nextPoll(loop) <= now()) {
        void begin(loop);
      } else {
        await loop.changed.wait(nextPoll(loop));
      }
    }
  }

  async function begin(loop: Loop): Promise<void> {
    const mine: Poll = { began: now(), controller: new AbortController() };
    loop.wokenAt = Number.POSITIVE_INFINITY;
    loop.polledAt = mine.began;
    loop.fullAt = Math.max(loop.fullAt, mine.began) + bucket.refill;
    // The oldest poll continues: otherwise a subject that is slower than its events would never be observed.
    if (loop.polls.length > 1) {
      loop.polls.pop()?.controller.abort();
    }
    loop.polls.push(mine);
    await poll(loop.subject, AbortSignal.any([signal, mine.controller.signal]));
    const place = loop.polls.indexOf(mine);
    if (place >= 0) {
      // Polls that began earlier are outdated.
      for (const older of loop.polls.splice(0, place + 1).slice(0, -1)) {
        older.controller.abort();
      }
      loop.changed.set();
      onPolled(loop.subject, mine.began);
    }
  }

  function wake(subject: Subject): void {
    const loop = loopOf(subject);
    if (loop.wokenAt === Number.POSITIVE_INFINITY) {
      loop.wokenAt = now();
      loop.changed.set();
    }
  }

  return {
    wake,
    follow: (schedule) => {
      const intervals = new Map(schedule.map(({ subject, interval }) => [loopOf(subject), interval]));
      for (const loop of loops.values()) {
        const interval = intervals.get(loop) ?? Number.POSITIVE_INFINITY;
        if (interval !== loop.interval) {
          loop.interval = interval;
          loop.changed.set();
        }
      }
    },
    beginRound: () => {
      for (const loop of loops.values()) {
        loop.wokenAt = Number.POSITIVE_INFINITY;
        loop.polledAt = now();
      }
      wake('round');
    },
  };
}
