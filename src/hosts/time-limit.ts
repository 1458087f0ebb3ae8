import { setTimeout as pause } from 'node:timers/promises';

let unsettled = 0;

/**
 * Returns the result of `work`, or of `onTimeout()` if it takes longer. The work cannot be
 * ended then: a thread may hang in the file system.
 *
 * @param timeout in milliseconds
 */
export async function within<T>(timeout: number, work: Promise<T>, onTimeout: () => T): Promise<T> {
  unsettled += 1;
  const settled = work.finally(() => {
    unsettled -= 1;
  });
  // After the timeout, a failure is ignored.
  settled.catch(() => undefined);
  const ended = new AbortController();
  try {
    return await Promise.race([settled, pause(timeout, undefined, { signal: ended.signal }).then(onTimeout)]);
  } finally {
    ended.abort();
  }
}

/** Whether a thread may still hang in work that timed out. */
export function isStuck(): boolean {
  return unsettled > 0;
}
