import { type Round, roundAfter } from '../gate/rounds.ts';
import type { CheckOptions } from '../inputs/options.ts';
import type { Clock } from '../observe/clock.ts';
import { openRefusals } from '../observe/refusals.ts';
import { judge, type Known } from './judge.ts';

/** Evaluates rounds, with a minimum interval between them. */
export interface Throttle {
  /** Debounced: a healthy cluster sends thirty lines at once. */
  soon(known: Known): void;
  now(known: Known): Round;
  readonly last: Round | undefined;
  readonly count: number;
}

interface Dependencies extends Clock {
  onRound(round: Round): void;
}

/** Minimum time between two rounds, in milliseconds. */
const minInterval = 250;

export function openThrottle(
  { now, sleep, onRound }: Dependencies,
  options: CheckOptions,
  signal: AbortSignal,
): Throttle {
  let withRefusals: ReturnType<typeof openRefusals> | undefined;
  let last: Round | undefined;
  let count = 0;
  let queued: Known | undefined;

  function evaluate(known: Known): Round {
    queued = undefined;
    withRefusals ??= openRefusals(known.credentials);
    const { snapshot, findings } = judge(withRefusals({ ...known, at: now() }), options);
    last = roundAfter(last, { snapshot, findings, began: snapshot.at, whole: true });
    count += 1;
    onRound(last);
    return last;
  }

  async function evaluateLater(): Promise<void> {
    await sleep(minInterval, signal);
    if (queued !== undefined && !signal.aborted) {
      evaluate(queued);
    }
  }

  return {
    soon: (known) => {
      const idle = queued === undefined;
      queued = known;
      if (idle) {
        void evaluateLater();
      }
    },
    now: evaluate,
    get last() {
      return last;
    },
    get count() {
      return count;
    },
  };
}
