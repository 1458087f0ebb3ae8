import type { Clock } from '../observe/clock.ts';
import type { RoundLimits } from '../observe/request.ts';
import type { CredentialsInfo } from '../observe/snapshot.ts';
import { clipTexts } from '../observe/truncate.ts';
import { version } from '../talos/api.ts';
import { CallError, type CallOptions, type Channel } from '../talos/call.ts';
import type { Failure, FailureKind } from '../talos/failure.ts';
import { type HealthCheckQuestion, healthCheck } from '../talos/health-check.ts';
import { deniedTitle, hear, type Progress, silence } from './progress.ts';

/** A control plane to ask, and the way to it. */
export interface Candidate {
  readonly channel: Channel;
  /** The node to which the endpoint forwards the call; absent, the endpoint itself is asked. */
  readonly node?: string;
}

export function nameOf({ channel, node }: Candidate): string {
  return node === undefined ? channel.endpoint : `${node} (through ${channel.endpoint})`;
}

/**
 * How one server's check ended: well, as far as it says; in the caller's role,
 * which does not suffice; or without a verdict.
 */
export type Ended =
  | { readonly how: 'well' | 'denied' }
  | { readonly how: 'failed'; readonly failure: Failure; readonly hostname: string };

export interface AttemptDependencies extends RoundLimits, Pick<Clock, 'sleep'> {
  readonly credentials: CredentialsInfo;
  /** Called with each line of it. */
  onProgress(progress: Progress): void;
}

/** How long a server may be silent before it is asked whether it is there, in milliseconds. */
const silent = 5000;

/** A server that says so much at once is read slowly: HTTP/2 then makes it wait. */
const flood = { lines: 64, pause: 10 };

/** Has one server check the cluster, within what is left of the time. Never throws. */
export async function attempt(
  candidate: Candidate,
  question: Omit<HealthCheckQuestion, 'waitTimeout'>,
  surroundings: AttemptDependencies,
): Promise<Ended> {
  const { credentials, deadline, now, sleep, onProgress } = surroundings;
  const over = new AbortController();
  const signal = AbortSignal.any([surroundings.signal, over.signal]);
  const left = Math.max(1, deadline - now());
  const life = watchLife(candidate, { ...surroundings, signal }, () => over.abort());
  let progress = silence;
  let lines = 0;
  try {
    const options = callOptions(candidate, left, signal);
    for await (const line of healthCheck(candidate.channel, { ...question, waitTimeout: left }, options)) {
      life.heard();
      const { message, hostname, failure } = clipTexts(line);
      if (failure !== undefined) {
        return { how: 'failed', failure, hostname };
      }
      progress = hear(progress, message);
      onProgress(progress);
      if (deniedTitle(progress, credentials) !== undefined) {
        return { how: 'denied' };
      }
      lines += 1;
      if (lines % flood.lines === 0) {
        await sleep(flood.pause, signal);
      }
    }
    return { how: 'well' };
  } catch (error) {
    return { how: 'failed', failure: life.failure ?? clipTexts(endOf(failureOf(error, candidate))), hostname: '' };
  } finally {
    over.abort();
  }
}

function callOptions({ node }: Candidate, timeout: number, signal: AbortSignal): CallOptions {
  return { timeout, signal, ...(node !== undefined && { node }) };
}

/** Nobody but the server can end the stream so: the gate's own deadline is not told by this. */
function endOf(failure: Failure): Failure {
  return failure.kind === 'timeout' ? { ...failure, message: `it gave up before its time (${failure.code})` } : failure;
}

function failureOf(error: unknown, { channel }: Candidate): Failure {
  if (error instanceof CallError) {
    return error.failure;
  }
  const message = error instanceof Error ? error.message : String(error);
  return { kind: 'other', layer: 'node', code: 'UNKNOWN', message, endpoint: channel.endpoint };
}

/** What a server that lives can say to the question for its version. */
const alive = new Set<FailureKind>(['other', 'unimplemented', 'malformed', 'not-found', 'not-authorized', 'cancelled']);

interface Life {
  heard(): void;
  /** Why the server is taken for dead, if it is. */
  readonly failure: Failure | undefined;
}

/** Asks a server that is silent whether it lives: waiting for one thing, it may rightly be silent for minutes. */
function watchLife(
  candidate: Candidate,
  { sleep, signal, rpcTimeout, now }: AttemptDependencies,
  giveUp: () => void,
): Life {
  let heardAt = now();
  let failure: Failure | undefined;
  async function watch(): Promise<void> {
    while (!signal.aborted) {
      await sleep(Math.max(1, heardAt + silent - now()), signal);
      if (!signal.aborted && now() >= heardAt + silent) {
        failure = await ask();
        heardAt = now();
        if (failure !== undefined && !signal.aborted) {
          giveUp();
        }
      }
    }
  }
  async function ask(): Promise<Failure | undefined> {
    try {
      await version(candidate.channel, callOptions(candidate, rpcTimeout, signal));
      return undefined;
    } catch (error) {
      const why = failureOf(error, candidate);
      return alive.has(why.kind) ? undefined : clipTexts(why);
    }
  }
  void watch();
  return {
    heard: () => {
      heardAt = now();
    },
    get failure() {
      return failure;
    },
  };
}
