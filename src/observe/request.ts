import pLimit from 'p-limit';
import { CallError } from '../talos/call-error.ts';
import type { Failure } from '../talos/failure.ts';
import type { CallOptions, Channel } from '../talos/grpc/call.ts';
import type { Facet } from './facets/facet.ts';
import { truncateTexts } from './truncate.ts';

/** One call of the Talos API. */
export type Call<T> = (channel: Channel, options: CallOptions) => Promise<T>;

/**
 * A lower limit slows down distant clusters: 128 took half as long again at 100 nodes and 100 ms of network latency. A
 * higher one takes memory, and blocks the event loop while all calls are sent.
 */
const callsInFlight = 512;

/**
 * A call that takes longer hangs or is remote. It costs the client nothing, so it no longer counts. In milliseconds.
 */
const longestPlace = 250;

/** Runs a function as soon as the limit allows. */
export type ConcurrencyLimit = <T>(run: () => Promise<T>) => Promise<T>;

/** Shared by all concurrent observations. A call that hangs does not delay others. */
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

/** The limits of every call of one round. */
export interface RoundLimits {
  /** Timeout of one call, in milliseconds. */
  readonly rpcTimeout: number;
  /** When the round must have ended, epoch milliseconds. */
  readonly deadline: number;
  readonly signal: AbortSignal;
  readonly now: () => number;
}

/** Makes one call through one channel. A failure is returned, never thrown. */
export type Attempt = <T>(channel: Channel, call: Call<T>, node?: string, longest?: number) => Promise<Facet<T>>;

function failureOf(error: unknown, channel: Channel): Failure {
  if (error instanceof CallError) {
    return error.failure;
  }
  const message = error instanceof Error ? error.message : String(error);
  return { kind: 'other', layer: 'node', code: 'UNKNOWN', message, endpoint: channel.endpoint };
}

/** A node that was not given enough time to answer is not at fault. */
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
        const value = truncateTexts(await call(channel, { node, timeout, signal: limits.signal }));
        return { ok: true, value, at: limits.now() };
      } catch (error) {
        const failure = failureOf(error, channel);
        const isCut = node !== undefined && timeout < whole && failure.kind === 'timeout';
        return { ok: false, error: truncateTexts(isCut ? cutShort(failure) : failure), at: limits.now() };
      }
    });
}
