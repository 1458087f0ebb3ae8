import { oneLine } from '../checks/text.ts';
import type { Round } from '../gate/rounds.ts';
import { verdict } from '../gate/verdict.ts';
import type { WaitResult } from '../gate/wait.ts';
import type { Options } from '../inputs/options.ts';
import type { Clock } from '../observe/clock.ts';
import { credentialsInfo } from '../observe/credentials.ts';
import type { Channels } from '../observe/endpoints/channels.ts';
import type { EndpointPool } from '../observe/endpoints/pool.ts';
import type { ClusterNode } from '../observe/members/cluster.ts';
import { gather } from '../observe/members/gather.ts';
import type { EndpointSnapshot, NodeSnapshot } from '../observe/snapshot.ts';
import type { Failure } from '../talos/failure.ts';
import { type AttemptResult, attempt, type Candidate, nameOf } from './attempt.ts';
import { candidates, healthCheckRequest } from './candidates.ts';
import type { Known } from './judge.ts';
import { noProgress, type Progress } from './progress.ts';
import { incompleteReason, type Server } from './server.ts';
import { unobserved } from './snapshot.ts';
import { openThrottle } from './throttle.ts';

export interface Dependencies extends Clock {
  readonly channels: Channels;
  readonly pool: EndpointPool;
  onRound(round: Round): void;
}

/** Maximum time between connection attempts while no endpoint answers, in milliseconds. */
const reconnectInterval = 1000;

/** How much earlier the server's deadline may expire than ours: at most this many milliseconds, and this share of the whole. */
const clockSkew = { max: 1000, share: 0.1 };

/** Maximum length of the server's last line in the reason, in characters. */
const maxReasonLength = 300;

/**
 * Lets a control plane node check the cluster, as `talosctl health` does, until
 * the cluster is healthy, waiting cannot help, or the deadline passes. If a
 * server fails before its verdict, the next one gets the remaining time.
 */
export async function waitForServer(
  options: Options,
  dependencies: Dependencies,
  signal: AbortSignal,
): Promise<WaitResult> {
  const { now, sleep, channels, pool } = dependencies;
  const startedAt = now();
  const deadline = startedAt + options.waitTimeout;
  const ended = new AbortController();
  const running = AbortSignal.any([signal, ended.signal]);
  const limits = { rpcTimeout: options.rpcTimeout, deadline, signal: running, now };
  const throttle = openThrottle(dependencies, options, running);
  let known: Known = {
    at: startedAt,
    cluster: { nodes: [], source: 'endpoint', workersKnown: false, notes: [] },
    discovery: { ok: false, error: notQueried, at: startedAt },
    endpoints: pool.snapshot(),
    kubernetes: { access: false, why: 'a control plane node asks it', required: false },
    credentials: credentialsInfo(options.context.credentials),
    progress: noProgress,
    server: { state: 'failed', failures: [] },
  };
  let isFirst = true;

  async function endAtDeadline(): Promise<void> {
    while (!running.aborted && now() < deadline) {
      await sleep(deadline - now(), running);
    }
    ended.abort();
  }

  /** Discovers the nodes of the cluster and the usable endpoints. */
  async function discover(): Promise<void> {
    const stop = new AbortController();
    try {
      const entry = pool.openSession({ ...limits, signal: AbortSignal.any([running, stop.signal]) });
      const observe = async (node: ClusterNode): Promise<NodeSnapshot> => unobserved(node, now());
      const { cluster, discovery } = await gather(entry, {
        options,
        known: isFirst ? undefined : known.cluster,
        isExpected: () => false,
        observe,
        onFound: () => undefined,
      });
      // One healthy endpoint is enough; without one, wait for the answers of all.
      await (channels.all.some(({ channel }) => pool.isHealthy(channel)) ? undefined : entry.answering());
      if (!running.aborted || isFirst) {
        isFirst = false;
        known = { ...known, cluster, discovery, endpoints: pool.snapshot() };
      }
    } finally {
      stop.abort();
    }
  }

  async function tryOne(candidate: Candidate, failures: Server['failures']): Promise<AttemptResult> {
    const name = nameOf(candidate);
    const endpoints = markUsed(pool.snapshot(), candidate);
    // Until this server sends a line, report why the others failed.
    const before = failures.length > 0 ? [...failures] : known.server.failures;
    known = { ...known, endpoints, server: { name, state: 'started', failures: before } };
    throttle.soon(known);
    return await attempt(candidate, healthCheckRequest(options, known.cluster), {
      ...limits,
      sleep,
      credentials: known.credentials,
      onProgress: (progress) => {
        known = { ...known, progress, server: { name, state: 'running', failures: [] } };
        throttle.soon(known);
      },
    });
  }

  /** Evaluates a round and returns it if it ends the wait. */
  function finalRound(): Round | undefined {
    const round = throttle.now(known);
    return verdict(round.findings, { cancelled: false, deadlinePassed: false }) === undefined ? undefined : round;
  }

  /** Tries all candidates in order until one gives a verdict. */
  async function tryAll(): Promise<Round | undefined> {
    const failures = known.endpoints.flatMap(({ endpoint, failure }) =>
      failure === undefined ? [] : { name: endpoint, failure },
    );
    for (const candidate of candidates(channels, pool, known.cluster, options)) {
      const result = await tryOne(candidate, failures);
      if (running.aborted) {
        return undefined;
      }
      if (result.outcome !== 'failed') {
        const { progress, server } = known;
        known = { ...known, server: { ...server, state: result.outcome === 'ok' ? 'completed' : server.state } };
        const round = finalRound();
        if (round !== undefined) {
          return round;
        }
        failures.push({ name: nameOf(candidate), failure: incomplete(progress) });
      } else if (isTimeUp(result.failure, options.waitTimeout, deadline - now())) {
        ended.abort();
        return undefined;
      } else {
        failures.push({ name: result.hostname || nameOf(candidate), failure: result.failure });
      }
    }
    known = { ...known, endpoints: pool.snapshot(), server: { ...known.server, state: 'failed', failures } };
    return finalRound();
  }

  void endAtDeadline();
  let last: Round | undefined;
  while (last === undefined && !running.aborted) {
    await discover();
    last = running.aborted ? undefined : await tryAll();
    if (last === undefined) {
      const allFailed = known.endpoints.every(({ state }) => state === 'failed');
      await sleep(allFailed ? Math.min(reconnectInterval, options.retryInterval) : options.retryInterval, running);
    }
  }
  ended.abort();
  last ??= signal.aborted && throttle.last === undefined ? undefined : throttle.now(known);
  const { lastLine } = known.progress;
  return {
    verdict: verdict(last?.findings ?? [], { cancelled: signal.aborted, deadlinePassed: true }) ?? 'unhealthy',
    ...(last && { last }),
    rounds: throttle.count,
    slowestRound: 0,
    flaps: 0,
    ...(lastLine !== undefined && { serverMessage: `${known.server.name ?? 'the server'}: ${truncate(lastLine)}` }),
    startedAt,
    endedAt: now(),
  };
}

const notQueried: Failure = { kind: 'other', layer: 'endpoint', code: 'UNAVAILABLE', message: 'not queried yet' };

/** The findings contain the full text. */
function truncate(line: string): string {
  const text = oneLine(line);
  return text.length > maxReasonLength ? `${text.slice(0, maxReasonLength)}…` : text;
}

/** The stream ended with OK, but lacks results of a complete check. */
function incomplete(progress: Progress): Failure {
  return { kind: 'malformed', layer: 'node', code: 'OK', message: incompleteReason(progress) ?? 'it ended too early' };
}

function markUsed(endpoints: readonly EndpointSnapshot[], { channel }: Candidate): readonly EndpointSnapshot[] {
  return endpoints.map((one) => (one.endpoint === channel.endpoint ? { ...one, state: 'used' } : one));
}

/** Whether the whole wait timeout has passed by the server's clock. */
function isTimeUp({ kind }: Failure, whole: number, left: number): boolean {
  return kind === 'timeout' && left <= Math.min(clockSkew.max, clockSkew.share * whole);
}
