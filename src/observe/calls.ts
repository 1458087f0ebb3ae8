import { setTimeout as pause, setImmediate as turn } from 'node:timers/promises';
import type { Endpoint } from './endpoint.ts';
import type { Endpoints } from './endpoints.ts';
import type { Facet } from './facet.ts';
import { openLivenessProbes } from './liveness.ts';
import { attempts, type Call, type ConcurrencyLimit, type RoundLimits } from './request.ts';

/** Calls through one endpoint, and what their silence means. */
export interface Calls {
  /**
   * The answer; undefined where another endpoint had better be asked, if it may be left.
   * Who says nothing for a while and is back is asked anew: it may have lost the call.
   */
  through<T>(
    endpoint: Endpoint,
    call: Call<T>,
    node: string | undefined,
    mayLeave: boolean,
  ): Promise<Facet<T> | undefined>;
  /** Asks the endpoint itself, whatever another one may know. */
  own<T>(endpoint: Endpoint, call: Call<T>): Promise<Facet<T>>;
  /** Whether the node, or with none the endpoint itself, answers anything through this endpoint, within the time of a call. */
  answersThrough(endpoint: Endpoint, node?: string): Promise<boolean>;
  /** How long a call may hang before it is asked why, in milliseconds. */
  lateAfter(endpoint: Endpoint): number;
  /** Whether the endpoint answers. One that could not be waited for to the end is judged by its last answer. */
  isAlive(endpoint: Endpoint): Promise<boolean>;
  /** Whether the endpoint is known to have answered others while a call that began then hung. */
  wasAlive(endpoint: Endpoint, began: number): boolean;
}

/** How long a call may hang before it is asked why, in milliseconds, and as a share of what it may take at all. */
const patience = { longest: 500, share: 0.1 };

/** Behind a slow endpoint it is as long as two of its answers take, and while others are answered longer, but no more than this share. */
const slowShare = 0.25;

/** With more calls in flight it is this process that makes them wait. */
const crowd = 100;

/** Too little to ask anything, in milliseconds. */
const noTime = 50;

export function openCalls(endpoints: Endpoints, limit: ConcurrencyLimit, limits: RoundLimits): Calls {
  const { rpcTimeout, deadline, signal, now } = limits;
  const attempt = attempts(limits, limit);
  const early = Math.min(patience.longest, patience.share * rpcTimeout);
  /** When each node or endpoint answered a call last, epoch milliseconds. What it is asked to see whether it lives does not count. */
  const heardAt = new Map<string, number>();
  let inFlight = 0;
  const liveness = openLivenessProbes(limits, isBest, note);

  /** No other endpoint that has answered lately can be asked in its place. */
  function isBest(endpoint: Endpoint): boolean {
    return endpoints.ranked().every((other) => other === endpoint || !other.confirmed);
  }

  function note(endpoint: Endpoint, askedAt: number, facet: Facet<unknown>, node: string | undefined): void {
    if (facet.ok) {
      endpoint.answeredAt = facet.at;
      endpoint.livedAt = Math.max(endpoint.livedAt, askedAt);
      endpoint.pace = node === undefined ? facet.at - askedAt : endpoint.pace;
    } else if (facet.error.kind === 'connect-timeout' && facet.error.layer === 'endpoint') {
      liveness.giveUp(endpoint);
      endpoint.channel.renew();
    }
  }

  async function isAlive(endpoint: Endpoint): Promise<boolean> {
    const began = now();
    const isCutShort = (): boolean => deadline - now() < noTime;
    if (!isCutShort() && ((await liveness.of(endpoint)) !== undefined || endpoint.answeredAt >= began)) {
      return true;
    }
    if (signal.aborted || isCutShort()) {
      return signal.aborted || endpoint.answeredAt >= began - rpcTimeout;
    }
    // It may be the connection that is dead, and not the endpoint: a machine that came back knows nothing of it.
    endpoint.channel.renew();
    return false;
  }

  const lateAfter = ({ pace }: Endpoint): number => Math.max(early, Math.min(2 * pace, slowShare * rpcTimeout));

  /** The endpoint has answered somebody a moment ago: it may have much to do, and each further call would be more. */
  const isAnswering = ({ answeredAt }: Endpoint): boolean => now() - answeredAt < early;

  /**
   * Whether another endpoint is the better one to ask: this one is silent for much longer than it uses to be. It is
   * not dead by that, and no longer the first to be asked.
   */
  async function isSuspect(endpoint: Endpoint): Promise<boolean> {
    const late = pause(Math.max(early, 2 * endpoint.pace), 'late' as const, { ref: false });
    const first = await Promise.race([liveness.of(endpoint), late]);
    // Its answer may wait behind the timer: a process that gets no time is no sign of a silent endpoint.
    await turn();
    if (first !== 'late' || signal.aborted || isAnswering(endpoint) || isBest(endpoint)) {
      return false;
    }
    endpoint.confirmed = false;
    endpoint.channel.renew();
    return true;
  }

  /** Whether who has said nothing since then says something again. */
  async function isBack(endpoint: Endpoint, node: string | undefined, began: number): Promise<boolean> {
    for (;;) {
      const askedAt = await liveness.of(endpoint, node);
      if (askedAt === undefined || askedAt >= began) {
        return askedAt !== undefined && (heardAt.get(node ?? endpoint.channel.endpoint) ?? began) <= began;
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
          heardAt.set(node ?? endpoint.channel.endpoint, facet.at);
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
        if (isAnswering(endpoint) && (inFlight > crowd || now() - began < slowShare * rpcTimeout)) {
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
    wasAlive: (endpoint, began) => endpoint.livedAt >= began + early,
  };
}

function neverLeft(): never {
  throw new Error('a call that may not leave its endpoint was left');
}
