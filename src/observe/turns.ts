import { onAbort } from '../talos/on-abort.ts';

/** Resolves when it is one's turn, or when the signal aborts. */
export type Turn = (signal: AbortSignal) => Promise<void>;

/** One after the other, with at least so many milliseconds in between: many who ask share what one may. */
export function openTurns(interval: number): Turn {
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
