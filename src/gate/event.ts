import type { Clock } from '../observe/clock.ts';

/** An event that one loop waits for. A wait resets it. */
export interface Event {
  set(): void;
  /** Waits until the event is set, until a time (epoch milliseconds), or until the signal aborts. May return early. */
  wait(until: number): Promise<void>;
}

export function createEvent({ now, sleep }: Clock, signal: AbortSignal): Event {
  let isSet = false;
  let interrupt = (): void => undefined;
  return {
    set: () => {
      isSet = true;
      interrupt();
    },
    wait: async (until) => {
      if (!isSet && until > now()) {
        const interrupted = new AbortController();
        interrupt = () => interrupted.abort();
        await sleep(until - now(), AbortSignal.any([signal, interrupted.signal]));
      }
      isSet = false;
    },
  };
}
