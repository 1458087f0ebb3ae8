import { record } from '../gate/history.ts';
import type { Round } from '../gate/rounds.ts';
import { isHealthy } from '../gate/verdict.ts';
import type { CheckOptions } from '../inputs/options.ts';
import type { Clock } from '../observe/clock.ts';
import { openRefusals } from '../observe/refusals.ts';
import { judge, type Known } from './judge.ts';

/** Makes rounds of what is known, as in mode client. */
export interface Throttle {
  /** Some time soon: a healthy cluster brings thirty lines within a blink. */
  soon(known: Known): void;
  now(known: Known): Round;
  readonly last: Round | undefined;
  readonly count: number;
}

interface Dependencies extends Clock {
  onRound(round: Round): void;
}

/** Between two rounds, in milliseconds. */
const pace = 250;

export function openThrottle(
  { now, sleep, onRound }: Dependencies,
  options: CheckOptions,
  signal: AbortSignal,
): Throttle {
  let regarded: ReturnType<typeof openRefusals> | undefined;
  let last: Round | undefined;
  let count = 0;
  let waiting: Known | undefined;

  function tell(known: Known): Round {
    waiting = undefined;
    regarded ??= openRefusals(known.credentials);
    const { snapshot, findings } = judge(regarded({ ...known, at: now() }), options);
    const history = record(last?.history, snapshot.at, findings);
    last = { snapshot, findings, history, began: snapshot.at, whole: true, good: isHealthy(findings) };
    count += 1;
    onRound(last);
    return last;
  }

  async function tellLater(): Promise<void> {
    await sleep(pace, signal);
    if (waiting !== undefined && !signal.aborted) {
      tell(waiting);
    }
  }

  return {
    soon: (known) => {
      const idle = waiting === undefined;
      waiting = known;
      if (idle) {
        void tellLater();
      }
    },
    now: tell,
    get last() {
      return last;
    },
    get count() {
      return count;
    },
  };
}
