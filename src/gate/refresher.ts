import type { Clock } from '../observe/clock.ts';

/** Looks at single things, such as nodes, again while others are waited for. */
export interface Refresher<S extends Subject> {
  /**
   * Looks at it soon. A look that is under way and hangs holds back no
   * new one; but the oldest goes on, so that of looks that are asked for
   * faster than it can answer one will end.
   */
  refresh(subject: S): void;
  /** Looks at it unless a look is under way: at what hangs, each look waits until it does so no more. */
  keepLooking(subject: S): void;
}

/** What can be looked at on its own; its name is unique. */
interface Subject {
  readonly name: string;
}

interface Look {
  readonly controller: AbortController;
  readonly began: number;
}

/** One subject: its looks under way, the oldest first, and what is to come. */
interface Course {
  readonly looks: Look[];
  again: boolean;
  /** Whether a look waits for its time. */
  waiting: boolean;
  /** When the last look began that is to last until it hangs no more, epoch milliseconds. */
  kept: number;
  /** When its looks would be even with the pace, epoch milliseconds. */
  paid: number;
}

export interface RefresherDependencies<S extends Subject> extends Clock {
  /** Never rejects. */
  look(subject: S, signal: AbortSignal): Promise<void>;
  onSeen(): void;
  readonly signal: AbortSignal;
}

/** A look that takes longer hangs on something; a burst of events that is shorter makes one look. In milliseconds. */
const patience = 250;

/** One that ends sooner does not hang, whatever it says: it is left to the interval. In milliseconds. */
const leastKept = 1000;

/** Of what changes all the time: so many looks at once, and then one in so many milliseconds. */
const pace = { burst: 10, interval: 250 };

export function openRefresher<S extends Subject>(surroundings: RefresherDependencies<S>): Refresher<S> {
  const { now, sleep, look, onSeen, signal } = surroundings;
  const courses = new Map<string, Course>();

  function courseOf({ name }: S): Course {
    const long = Number.NEGATIVE_INFINITY;
    const course = courses.get(name) ?? { looks: [], again: false, waiting: false, kept: long, paid: long };
    courses.set(name, course);
    return course;
  }

  async function run(subject: S, course: Course): Promise<void> {
    const mine: Look = { controller: new AbortController(), began: now() };
    course.looks.push(mine);
    await look(subject, AbortSignal.any([signal, mine.controller.signal]));
    const place = course.looks.indexOf(mine);
    if (place < 0) {
      return;
    }
    // What began before this look knows less.
    for (const older of course.looks.splice(0, place)) {
      older.controller.abort();
    }
    course.looks.shift();
    onSeen();
    if (course.again) {
      course.again = false;
      refresh(subject);
    }
  }

  async function begin(subject: S, course: Course): Promise<void> {
    const early = course.paid - pace.burst * pace.interval - now();
    if (early > 0) {
      course.waiting = true;
      await sleep(early, signal);
      course.waiting = false;
    }
    if (!signal.aborted) {
      course.paid = Math.max(course.paid, now()) + pace.interval;
      await run(subject, course);
    }
  }

  function refresh(subject: S): void {
    const course = courseOf(subject);
    const latest = course.looks.at(-1);
    if (signal.aborted || course.waiting) {
      return;
    }
    if (latest !== undefined && now() - latest.began < patience) {
      course.again = true;
      return;
    }
    if (latest !== undefined && course.looks.length > 1) {
      course.looks.pop();
      latest.controller.abort();
    }
    void begin(subject, course);
  }

  function keepLooking(subject: S): void {
    const course = courseOf(subject);
    if (course.looks.length === 0 && now() - course.kept >= leastKept) {
      course.kept = now();
      refresh(subject);
    }
  }

  return { refresh, keepLooking };
}
