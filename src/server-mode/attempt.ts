import type { Clock } from '../observe/clock.ts';
import type { RoundLimits } from '../observe/request.ts';
import type { CredentialsInfo } from '../observe/snapshot.ts';
import { truncateTexts } from '../observe/truncate.ts';
import { version } from '../talos/api.ts';
import { CallError } from '../talos/call-error.ts';
import type { Failure, FailureKind } from '../talos/failure.ts';
import type { CallOptions, Channel } from '../talos/grpc/call.ts';
import { type HealthCheckRequest, healthCheck } from '../talos/health-check.ts';
import { addLine, deniedTitle, noProgress, type Progress } from './progress.ts';

/** A control plane node that can run the health check, and the channel to it. */
export interface Candidate {
  readonly channel: Channel;
  /** The node to which the endpoint forwards the call; if absent, the endpoint runs the check itself. */
  readonly node?: string;
}

export function nameOf({ channel, node }: Candidate): string {
  return node === undefined ? channel.endpoint : `${node} (through ${channel.endpoint})`;
}

/** `ok`: the stream ended with OK. `denied`: the caller's role is not sufficient. `failed`: no verdict. */
export type AttemptResult =
  | { readonly outcome: 'ok' | 'denied' }
  | { readonly outcome: 'failed'; readonly failure: Failure; readonly hostname: string };

export interface AttemptDependencies extends RoundLimits, Pick<Clock, 'sleep'> {
  readonly credentials: CredentialsInfo;
  /** Called after each line. */
  onProgress(progress: Progress): void;
}

/** Time without a line after which the server is probed, in milliseconds. */
const idleTimeout = 5000;

/** Pauses reading after this many lines, so that HTTP/2 flow control slows down the server. In milliseconds. */
const backpressure = { lines: 64, pause: 10 };

/** Runs the health check on one server within the remaining time. Never throws. */
export async function attempt(
  candidate: Candidate,
  question: Omit<HealthCheckRequest, 'waitTimeout'>,
  dependencies: AttemptDependencies,
): Promise<AttemptResult> {
  const { credentials, deadline, now, sleep, onProgress } = dependencies;
  const ended = new AbortController();
  const signal = AbortSignal.any([dependencies.signal, ended.signal]);
  const timeout = Math.max(1, deadline - now());
  const heartbeat = startHeartbeat(candidate, { ...dependencies, signal }, () => ended.abort());
  let progress = noProgress;
  let lines = 0;
  try {
    const options = callOptions(candidate, timeout, signal);
    for await (const line of healthCheck(candidate.channel, { ...question, waitTimeout: timeout }, options)) {
      heartbeat.reset();
      const { message, hostname, failure } = truncateTexts(line);
      if (failure !== undefined) {
        return { outcome: 'failed', failure, hostname };
      }
      progress = addLine(progress, message);
      onProgress(progress);
      if (deniedTitle(progress, credentials) !== undefined) {
        return { outcome: 'denied' };
      }
      lines += 1;
      if (lines % backpressure.lines === 0) {
        await sleep(backpressure.pause, signal);
      }
    }
    return { outcome: 'ok' };
  } catch (error) {
    return {
      outcome: 'failed',
      failure: heartbeat.failure ?? truncateTexts(explainTimeout(failureOf(error, candidate))),
      hostname: '',
    };
  } finally {
    ended.abort();
  }
}

function callOptions({ node }: Candidate, timeout: number, signal: AbortSignal): CallOptions {
  return { timeout, signal, ...(node !== undefined && { node }) };
}

/** Only the server can end the stream with a timeout: our own deadline aborts the signal. */
function explainTimeout(failure: Failure): Failure {
  return failure.kind === 'timeout' ? { ...failure, message: `it gave up before its time (${failure.code})` } : failure;
}

function failureOf(error: unknown, { channel }: Candidate): Failure {
  if (error instanceof CallError) {
    return error.failure;
  }
  const message = error instanceof Error ? error.message : String(error);
  return { kind: 'other', layer: 'node', code: 'UNKNOWN', message, endpoint: channel.endpoint };
}

/** Errors of the version call that only a running server can send. */
const responded = new Set<FailureKind>([
  'other',
  'unimplemented',
  'malformed',
  'not-found',
  'not-authorized',
  'cancelled',
]);

interface Heartbeat {
  reset(): void;
  /** Why the server is considered dead; undefined while it is alive. */
  readonly failure: Failure | undefined;
}

/** Probes a server that sends no lines: while it waits for one check, it may be silent for minutes. */
function startHeartbeat(
  candidate: Candidate,
  { sleep, signal, rpcTimeout, now }: AttemptDependencies,
  onDead: () => void,
): Heartbeat {
  let lastLineAt = now();
  let failure: Failure | undefined;
  async function watch(): Promise<void> {
    while (!signal.aborted) {
      await sleep(Math.max(1, lastLineAt + idleTimeout - now()), signal);
      if (!signal.aborted && now() >= lastLineAt + idleTimeout) {
        failure = await probe();
        lastLineAt = now();
        if (failure !== undefined && !signal.aborted) {
          onDead();
        }
      }
    }
  }
  async function probe(): Promise<Failure | undefined> {
    try {
      await version(candidate.channel, callOptions(candidate, rpcTimeout, signal));
      return undefined;
    } catch (error) {
      const cause = failureOf(error, candidate);
      return responded.has(cause.kind) ? undefined : truncateTexts(cause);
    }
  }
  void watch();
  return {
    reset: () => {
      lastLineAt = now();
    },
    get failure() {
      return failure;
    },
  };
}
