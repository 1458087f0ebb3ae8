import { setTimeout as pause, setImmediate as turn } from 'node:timers/promises';
import type { Facet } from '../facets/facet.ts';
import { attempts, type Call, type ConcurrencyLimit, type RoundLimits } from '../request.ts';
import type { Endpoint } from './endpoint.ts';
import type { Endpoints } from './endpoints.ts';
import { openLivenessProbes } from './liveness.ts';

/** Makes calls through one endpoint and finds out why a call hangs. */
export interface Calls {
  /**
   * Resolves with the answer, or with undefined if the caller should try another endpoint (only if `mayLeave`). If the
   * node or endpoint was silent and answers again, the call is repeated: it may have been lost.
   */
  through<T>(
    endpoint: Endpoint,
    call: Call<T>,
    node: string | undefined,
    mayLeave: boolean,
  ): Promise<Facet<T> | undefined>;
  /** Calls this endpoint itself, even if another one could answer. */
  own<T>(endpoint: Endpoint, call: Call<T>): Promise<Facet<T>>;
  /**
   * Whether the node, or the endpoint itself if no node is given, answers through this endpoint within the timeout of a
   * call.
   */
  answersThrough(endpoint: Endpoint, node?: string): Promise<boolean>;
  /** How long a call may hang before its endpoint is probed, in milliseconds. */
  lateAfter(endpoint: Endpoint): number;
  /** Whether the endpoint answers. If there is no time left to find out, its last answer decides. */
  isAlive(endpoint: Endpoint): Promise<boolean>;
  /** Whether the endpoint is known to have answered other calls while a call that began at that time hung. */
  wasAlive(endpoint: Endpoint, began: number): boolean;
}

/**
 * How long a call may hang before its endpoint is probed: at most this many milliseconds, and this share of the
 * timeout.
 */
const patience = { longest: 500, share: 0.1 };

/**
 * Upper bound, as a share of the timeout, for an endpoint that is slow (twice its latency) or busy with other calls.
 */
const slowShare = 0.25;

/** With more calls in flight, this process itself is the bottleneck. */
const busyThreshold = 100;

/** If less time is left, nothing is probed. In milliseconds. */
const shortestProbe = 50;

export function openCalls(endpoints: Endpoints, limit: ConcurrencyLimit, limits: RoundLimits): Calls {
  const { rpcTimeout, deadline, signal, now } = limits;
  const attempt = attempts(limits, limit);
  const early = Math.min(patience.longest, patience.share * rpcTimeout);
  /** When each node or endpoint last answered a call, epoch milliseconds. Liveness probes do not count. */
  const lastResponseAt = new Map<string, number>();
  let inFlight = 0;
  const liveness = openLivenessProbes(limits, isBest, note);

  /** Whether no other endpoint has answered since all were last tried. */
  function isBest(endpoint: Endpoint): boolean {
    return endpoints.ranked().every((other) => other === endpoint || !other.confirmed);
  }

  function note(endpoint: Endpoint, askedAt: number, facet: Facet<unknown>, node: string | undefined): void {
    if (facet.ok) {
      endpoint.answeredAt = facet.at;
      endpoint.aliveAt = Math.max(endpoint.aliveAt, askedAt);
      endpoint.latency = node === undefined ? facet.at - askedAt : endpoint.latency;
    } else if (facet.error.kind === 'connect-timeout' && facet.error.layer === 'endpoint') {
      liveness.giveUp(endpoint);
      endpoint.channel.renew();
    }
  }

  async function isAlive(endpoint: Endpoint): Promise<boolean> {
    const began = now();
    const isCutShort = (): boolean => deadline - now() < shortestProbe;
    if (!isCutShort() && ((await liveness.of(endpoint)) !== undefined || endpoint.answeredAt >= began)) {
      return true;
    }
    if (signal.aborted || isCutShort()) {
      return signal.aborted || endpoint.answeredAt >= began - rpcTimeout;
    }
    // The connection may be dead rather than the endpoint: a restarted machine no longer knows the connection.
    endpoint.channel.renew();
    return false;
  }

  const lateAfter = ({ latency }: Endpoint): number => Math.max(early, Math.min(2 * latency, slowShare * rpcTimeout));

  /** The endpoint has just answered another call: it may be busy, and each further call would add load. */
  const isAnswering = ({ answeredAt }: Endpoint): boolean => now() - answeredAt < early;

  /**
   * Whether to prefer another endpoint because this one has been silent for much longer than usual. It is not marked as
   * failed, but is no longer the first choice.
   */
  async function isSuspect(endpoint: Endpoint): Promise<boolean> {
    const late = pause(Math.max(early, 2 * endpoint.latency), 'late' as const, { ref: false });
    const first = await Promise.race([liveness.of(endpoint), late]);
    // The answer may be queued behind the timer: if this process was not scheduled, the endpoint is not to blame.
    await turn();
    if (first !== 'late' || signal.aborted || isAnswering(endpoint) || isBest(endpoint)) {
      return false;
    }
    endpoint.confirmed = false;
    endpoint.channel.renew();
    return true;
  }

  /** Whether the node or endpoint answers again after having been silent since then. */
  async function isBack(endpoint: Endpoint, node: string | undefined, began: number): Promise<boolean> {
    for (;;) {
      const askedAt = await liveness.of(endpoint, node);
      if (askedAt === undefined || askedAt >= began) {
        return askedAt !== undefined && (lastResponseAt.get(node ?? endpoint.channel.endpoint) ?? began) <= began;
      }
      await pause(early, undefined, { ref: false });
    }
  }

  function through<T>(
    endpoint: Endpoint,
    call: Call<T>,
    node: string | undefined,
    mayLeave: boolean,
  ): Promise<Facet<T> | undefined> {
    const began = now();
    return new Promise((resolve) => {
      let open = 0;
      let isOver = false;
      const end = (facet: Facet<T> | undefined): void => {
        isOver = true;
        clearTimeout(timer);
        resolve(facet);
      };
      async function ask(): Promise<void> {
        const askedAt = now();
        open += 1;
        inFlight += 1;
        const facet = await attempt(endpoint.channel, call, node);
        open -= 1;
        inFlight -= 1;
        note(endpoint, askedAt, facet, node);
        if (facet.ok || (facet.error.kind !== 'timeout' && facet.error.kind !== 'cancelled')) {
          lastResponseAt.set(node ?? endpoint.channel.endpoint, facet.at);
        }
        if (facet.ok || open === 0) {
          end(facet);
        }
      }
      async function leave(): Promise<void> {
        if ((await isSuspect(endpoint)) && mayLeave) {
          end(undefined);
        }
      }
      async function repeat(): Promise<void> {
        if ((await isBack(endpoint, node, began)) && !isOver) {
          await ask();
        }
      }
      async function onSlow(): Promise<void> {
        await turn();
        if (isOver) {
          return;
        }
        if (isAnswering(endpoint) && (inFlight > busyThreshold || now() - began < slowShare * rpcTimeout)) {
          timer = setTimeout(onSlow, early);
        } else {
          await Promise.all([leave(), repeat()]);
        }
      }
      let timer = setTimeout(onSlow, lateAfter(endpoint));
      void ask();
    });
  }

  return {
    through,
    own: async (endpoint, call) => (await through(endpoint, call, undefined, false)) ?? neverLeft(),
    answersThrough: async (endpoint, node) => (await liveness.of(endpoint, node)) !== undefined,
    lateAfter,
    isAlive,
    wasAlive: (endpoint, began) => endpoint.aliveAt >= began + early,
  };
}

function neverLeft(): never {
  throw new Error('a call that may not leave its endpoint was left');
}
