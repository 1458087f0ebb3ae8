import { setImmediate as idle } from 'node:timers/promises';
import type { Clock } from '../../src/observe/clock.ts';

interface Sleeper {
  readonly due: number;
  wake(): void;
}

/** A clock for tests. Any number of sleepers share it, and no real time passes. */
export interface VirtualClock extends Clock {
  /** Does something at this time; of several at one time the first one first. */
  at(time: number, action: () => void): void;
  /** Lets time pass until the promise settles: each time that everybody sleeps, until the next one is due. */
  run<T>(promise: Promise<T>): Promise<T>;
  /** Lets so many milliseconds pass. */
  pass(milliseconds: number): Promise<void>;
}

/** @throws {Error} from `run`, if everybody sleeps for ever */
export function virtualClock(start = 0): VirtualClock {
  const sleepers = new Set<Sleeper>();
  let time = start;

  /** Wakes who is due next, once nobody has anything to do but to sleep. */
  async function advance(): Promise<void> {
    await idle();
    const due = Math.min(...[...sleepers].map((sleeper) => sleeper.due));
    if (due === Number.POSITIVE_INFINITY) {
      throw new Error('nobody will ever wake up');
    }
    time = Math.max(time, due);
    const next = [...sleepers].find((sleeper) => sleeper.due === due);
    next?.wake();
  }

  function sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        sleepers.delete(sleeper);
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      const sleeper: Sleeper = { due: time + milliseconds, wake };
      sleepers.add(sleeper);
      signal?.addEventListener('abort', wake);
      if (signal?.aborted) {
        wake();
      }
    });
  }

  async function run<T>(promise: Promise<T>): Promise<T> {
    let isSettled = false;
    const settle = (): void => {
      isSettled = true;
    };
    promise.then(settle, settle);
    await idle();
    while (!isSettled) {
      await advance();
      await idle();
    }
    return await promise;
  }

  return {
    now: () => time,
    sleep,
    at: (due, action) => {
      const sleeper: Sleeper = {
        due,
        wake: () => {
          sleepers.delete(sleeper);
          action();
        },
      };
      sleepers.add(sleeper);
    },
    run,
    pass: (milliseconds) => run(sleep(milliseconds)),
  };
}
