import { setImmediate as idle } from 'node:timers/promises';
import type { Clock } from '../../src/observe/clock.ts';

interface Sleeper {
  readonly due: number;
  wake(): void;
}

/** A virtual clock: sleepers wake in order, without real time. */
export interface VirtualClock extends Clock {
  /** Schedules an action. Actions of the same time run in the order in which they were scheduled. */
  at(time: number, action: () => void): void;
  /** Advances the time until the promise settles: whenever all are asleep, to the next wake-up. */
  run<T>(promise: Promise<T>): Promise<T>;
  /** Advances the time by this many milliseconds. */
  pass(milliseconds: number): Promise<void>;
}

/** @throws {Error} from `run`, if no sleeper is left to wake */
export function virtualClock(start = 0): VirtualClock {
  const sleepers = new Set<Sleeper>();
  let time = start;

  /** Wakes the next sleeper, once all other work is done. */
  async function advance(): Promise<void> {
    await idle();
    const due = Math.min(...[...sleepers].map((sleeper) => sleeper.due));
    if (due === Number.POSITIVE_INFINITY) {
      throw new Error('no sleeper is left to wake');
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
