import pLimit from 'p-limit';
import { CallError, type CallOptions, type Channel } from '../talos/call.ts';
import type { Failure } from '../talos/failure.ts';
import type { Facet } from './facet.ts';
import { clipTexts } from './truncate.ts';

/** One call of the Talos API, not yet made. */
export type Call<T> = (channel: Channel, options: CallOptions) => Promise<T>;

/**
 * Fewer make a distant cluster slow: 128 took half as long again at 100 nodes
 * and 100 ms of network. More take memory, and block the event loop while all are sent.
 */
const callsInFlight = 512;

/** Who takes longer hangs or is far away, and costs the client nothing: its place is another's. In milliseconds. */
const longestPlace = 250;

/** Runs something as soon as there is a place for it. */
export type ConcurrencyLimit = <T>(run: () => Promise<T>) => Promise<T>;

/** Shared by everything that observes at the same time. What hangs holds back nobody. */
export function openConcurrencyLimit(): ConcurrencyLimit {
  const limit = pLimit(callsInFlight);
  return <T>(run: () => Promise<T>) =>
    new Promise<T>((resolve) => {
      const holdPlace = (): Promise<void> =>
        new Promise((leave) => {
          const running = run();
          resolve(running);
          const timer = setTimeout(leave, longestPlace);
          const end = (): void => {
            clearTimeout(timer);
            leave();
          };
          running.then(end, end);
        });
      void limit(holdPlace);
    });
}

/** What bounds every call of one round. */
export interface RoundLimits {
  /** Milliseconds that one call may take. */
  readonly rpcTimeout: number;
  /** Epoch milliseconds at which the round must have ended. */
  readonly deadline: number;
  readonly signal: AbortSignal;
  readonly now: () => number;
}

/** Makes one call through one channel. What goes wrong is a value: collecting never throws for a node. */
export type Attempt = <T>(channel: Channel, call: Call<T>, node?: string, longest?: number) => Promise<Facet<T>>;

function failureOf(error: unknown, channel: Channel): Failure {
  if (error instanceof CallError) {
    return error.failure;
  }
  const message = error instanceof Error ? error.message : String(error);
  return { kind: 'other', layer: 'node', code: 'UNKNOWN', message, endpoint: channel.endpoint };
}

/** A node that was not given the time for its answer has done nothing wrong by that. */
const cutShort = (failure: Failure): Failure => ({
  ...failure,
  kind: 'cancelled',
  message: 'the wait ended before its answer could come',
});

export function attempts(limits: RoundLimits, limit: ConcurrencyLimit): Attempt {
  return (channel, call, node, longest = limits.rpcTimeout) =>
    limit(async () => {
      const whole = Math.min(longest, limits.rpcTimeout);
      const timeout = Math.max(1, Math.min(whole, limits.deadline - limits.now()));
      try {
        const value = clipTexts(await call(channel, { node, timeout, signal: limits.signal }));
        return { ok: true, value, at: limits.now() };
      } catch (error) {
        const failure = failureOf(error, channel);
        const isCut = node !== undefined && timeout < whole && failure.kind === 'timeout';
        return { ok: false, error: clipTexts(isCut ? cutShort(failure) : failure), at: limits.now() };
      }
    });
}
