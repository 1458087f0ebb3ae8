/** Time as the simulated cluster knows it, so that tests can be their own clock. */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
  /** Calls back once after so many milliseconds; the result takes it back. */
  after(ms: number, callback: () => void): () => void;
}

/** The machine's clock, from now on running `speed` times as fast. */
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
