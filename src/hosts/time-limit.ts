import { setTimeout as pause } from 'node:timers/promises';

let abandoned = 0;

/**
 * What becomes of some work, or `late()` where it takes longer than so many
 * milliseconds. It cannot be ended then: a thread may hang in the file system.
 */
export async function within<T>(longest: number, work: Promise<T>, late: () => T): Promise<T> {
  abandoned += 1;
  const settled = work.finally(() => {
    abandoned -= 1;
  });
  // Nobody waits any more for what fails later.
  settled.catch(() => undefined);
  const ended = new AbortController();
  try {
    return await Promise.race([settled, pause(longest, undefined, { signal: ended.signal }).then(late)]);
  } finally {
    ended.abort();
  }
}

/** Whether a thread may still hang in something that nobody waits for any more. */
export function isStuck(): boolean {
  return abandoned > 0;
}
