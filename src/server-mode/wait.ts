import { oneLine } from '../checks/text.ts';
import type { Round } from '../gate/rounds.ts';
import { verdict } from '../gate/verdict.ts';
import type { WaitResult } from '../gate/wait.ts';
import type { Options } from '../inputs/options.ts';
import type { Channels } from '../observe/channels.ts';
import type { Clock } from '../observe/clock.ts';
import type { ClusterNode } from '../observe/cluster.ts';
import type { EndpointPool } from '../observe/endpoint-pool.ts';
import { gather } from '../observe/gather.ts';
import type { EndpointSnapshot, NodeSnapshot } from '../observe/snapshot.ts';
import { certificateInfo } from '../talos/certificate.ts';
import type { Failure } from '../talos/failure.ts';
import { attempt, type Candidate, type Ended, nameOf } from './attempt.ts';
import { candidates, question } from './candidates.ts';
import type { Known } from './judge.ts';
import { type Progress, silence } from './progress.ts';
import { type Server, shortfall } from './server.ts';
import { unseen } from './snapshot.ts';
import { openThrottle } from './throttle.ts';

/** The rim of this wait: time, the endpoints, and whoever wants to follow. */
export interface Dependencies extends Clock {
  readonly channels: Channels;
  readonly pool: EndpointPool;
  onRound(round: Round): void;
}

/** How often endpoints are tried while none answers, in milliseconds. */
const reconnectInterval = 1000;

/** A server whose time has run out has had it measured by another clock. In milliseconds, and of the whole. */
const early = { most: 1000, share: 0.1 };

/** Characters of the server's last line in the reason. */
const longestWords = 300;

/** Timers overflow at 24 days, in milliseconds. */
const longestTimer = 2 ** 31 - 1;

/**
 * Has a control plane check the cluster, as `talosctl health` does, until it
 * ends well, until waiting cannot help, or until the deadline. Where one fails
 * before its verdict, the next gets the time that is left.
 */
export async function waitForServer(
  options: Options,
  surroundings: Dependencies,
  signal: AbortSignal,
): Promise<WaitResult> {
  const { now, sleep, channels, pool } = surroundings;
  const startedAt = now();
  const deadline = startedAt + options.waitTimeout;
  const ended = new AbortController();
  const going = AbortSignal.any([signal, ended.signal]);
  const limits = { rpcTimeout: options.rpcTimeout, deadline, signal: going, now };
  const telling = openThrottle(surroundings, options, going);
  let known: Known = {
    at: startedAt,
    cluster: { nodes: [], source: 'endpoint', workersKnown: false, notes: [] },
    discovery: { ok: false, error: nobody, at: startedAt },
    endpoints: pool.snapshot(),
    kubernetes: { access: false, why: 'a control plane node asks it', required: false },
    credentials: options.context.crt === undefined ? { roles: [] } : certificateInfo(options.context.crt),
    progress: silence,
    server: { state: 'failed', failures: [] },
  };
  let isFirst = true;

  async function alarm(): Promise<void> {
    while (!going.aborted && now() < deadline) {
      await sleep(Math.min(longestTimer, deadline - now()), going);
    }
    ended.abort();
  }

  /** Who is in the cluster, and which endpoints can be used. */
  async function enter(): Promise<void> {
    const end = new AbortController();
    try {
      const entry = pool.enter({ ...limits, signal: AbortSignal.any([going, end.signal]) });
      const observe = async (node: ClusterNode): Promise<NodeSnapshot> => unseen(node, now());
      const { cluster, discovery } = await gather(entry, {
        options,
        known: isFirst ? undefined : known.cluster,
        isExpected: () => false,
        observe,
        onFound: () => undefined,
      });
      // Nobody is waited for longer than for the first good one; where there is none, all have their say.
      await (channels.all.some(({ channel }) => pool.isHealthy(channel)) ? undefined : entry.answering());
      if (!going.aborted || isFirst) {
        isFirst = false;
        known = { ...known, cluster, discovery, endpoints: pool.snapshot() };
      }
    } finally {
      end.abort();
    }
  }

  async function askOne(candidate: Candidate, failures: Server['failures']): Promise<Ended> {
    const name = nameOf(candidate);
    const endpoints = used(pool.snapshot(), candidate);
    // Until this one speaks, what became of the others is all that is known.
    const before = failures.length > 0 ? [...failures] : known.server.failures;
    known = { ...known, endpoints, server: { name, state: 'asked', failures: before } };
    telling.soon(known);
    return await attempt(candidate, question(options, known.cluster), {
      ...limits,
      sleep,
      credentials: known.credentials,
      onProgress: (progress) => {
        known = { ...known, progress, server: { name, state: 'speaking', failures: [] } };
        telling.soon(known);
      },
    });
  }

  /** A round that ends the wait, if this is one. */
  function conclude(): Round | undefined {
    const round = telling.now(known);
    return verdict(round.findings, { cancelled: false, deadlinePassed: false }) === undefined ? undefined : round;
  }

  /** Asks everybody who can be asked, one after another, until one gives a verdict. */
  async function askAll(): Promise<Round | undefined> {
    const failures = known.endpoints.flatMap(({ endpoint, failure }) =>
      failure === undefined ? [] : { name: endpoint, failure },
    );
    for (const candidate of candidates(channels, pool, known.cluster, options)) {
      const end = await askOne(candidate, failures);
      if (going.aborted) {
        return undefined;
      }
      if (end.how !== 'failed') {
        const { progress, server } = known;
        known = { ...known, server: { ...server, state: end.how === 'well' ? 'ended' : server.state } };
        const round = conclude();
        if (round !== undefined) {
          return round;
        }
        failures.push({ name: nameOf(candidate), failure: incomplete(progress) });
      } else if (isTimeUp(end.failure, options.waitTimeout, deadline - now())) {
        ended.abort();
        return undefined;
      } else {
        failures.push({ name: end.hostname || nameOf(candidate), failure: end.failure });
      }
    }
    known = { ...known, endpoints: pool.snapshot(), server: { ...known.server, state: 'failed', failures } };
    return conclude();
  }

  void alarm();
  let last: Round | undefined;
  while (last === undefined && !going.aborted) {
    await enter();
    last = going.aborted ? undefined : await askAll();
    if (last === undefined) {
      const shut = known.endpoints.every(({ state }) => state === 'failed');
      await sleep(shut ? Math.min(reconnectInterval, options.retryInterval) : options.retryInterval, going);
    }
  }
  ended.abort();
  last ??= signal.aborted && telling.last === undefined ? undefined : telling.now(known);
  const { lastLine } = known.progress;
  return {
    verdict: verdict(last?.findings ?? [], { cancelled: signal.aborted, deadlinePassed: true }) ?? 'unhealthy',
    ...(last && { last }),
    rounds: telling.count,
    slowestRound: 0,
    flaps: 0,
    ...(lastLine !== undefined && { lastWords: `${known.server.name ?? 'the server'}: ${brief(lastLine)}` }),
    startedAt,
    endedAt: now(),
  };
}

const nobody: Failure = { kind: 'other', layer: 'endpoint', code: 'UNAVAILABLE', message: 'not queried yet' };

/** The findings have all of it. */
function brief(line: string): string {
  const words = oneLine(line);
  return words.length > longestWords ? `${words.slice(0, longestWords)}…` : words;
}

/** A stream that ended well without everything that a check of the whole cluster says. */
function incomplete(progress: Progress): Failure {
  return { kind: 'malformed', layer: 'node', code: 'OK', message: shortfall(progress) ?? 'it ended too early' };
}

/** Which endpoint is used, once it is known. */
function used(endpoints: readonly EndpointSnapshot[], { channel }: Candidate): readonly EndpointSnapshot[] {
  return endpoints.map((one) => (one.endpoint === channel.endpoint ? { ...one, state: 'used' } : one));
}

/** The server has had all the time that there is, by its clock. */
function isTimeUp({ kind }: Failure, whole: number, left: number): boolean {
  return kind === 'timeout' && left <= Math.min(early.most, early.share * whole);
}
