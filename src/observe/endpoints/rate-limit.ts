import { onAbort } from '../../talos/grpc/on-abort.ts';

/** Resolves when it is the caller's turn, or when the signal aborts. */
export type RateLimit = (signal: AbortSignal) => Promise<void>;

/** Callers proceed in the order of their arrival, at least this many milliseconds apart. */
export function openRateLimit(interval: number): RateLimit {
  const waiting = new Set<() => void>();
  let timer: NodeJS.Timeout | undefined;

  function next(): void {
    timer = undefined;
    const [first] = waiting;
    if (first !== undefined) {
      timer = setTimeout(next, interval).unref();
      first();
    }
  }

  return (signal) =>
    new Promise((resolve) => {
      const take = (): void => {
        waiting.delete(take);
        forget();
        resolve();
      };
      const forget = onAbort(signal, take);
      if (signal.aborted) {
        take();
        return;
      }
      waiting.add(take);
      if (timer === undefined) {
        next();
      }
    });
}
