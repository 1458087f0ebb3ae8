/** The clock of the simulated cluster; tests can replace it. */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
  /** Calls back once after this many milliseconds; the result cancels the timer. */
  after(ms: number, callback: () => void): () => void;
}

/** The system clock, running `speed` times as fast from now on. */
export function systemClock(speed = 1): Clock {
  const start = Date.now();
  return {
    now: () => start + (Date.now() - start) * speed,
    after(ms, callback) {
      const timer = setTimeout(callback, ms / speed);
      return () => clearTimeout(timer);
    },
  };
}
