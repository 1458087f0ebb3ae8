import { version } from '../talos/api.ts';
import { CallError } from '../talos/call.ts';
import type { Failure } from '../talos/failure.ts';
import { type Attempt, attempts, type Call, type Places, type RoundLimits } from './asking.ts';
import { type Entrance, whyNone } from './entrance.ts';
import type { Entrances } from './entrances.ts';
import type { Facet } from './snapshot.ts';

/** Asks through whichever endpoint is good. */
export interface Asking {
  /** Asks a node, or with none the endpoint itself. An endpoint that fails is left for the next within the call. */
  ask<T>(call: Call<T>, node?: string): Promise<Facet<T>>;
}

export interface Asker extends Asking {
  /** Asks the endpoint of this wire and no other. */
  readonly askEndpoint: Attempt;
  /** Whether the endpoint answers at all, after it was asked this. */
  answers(entrance: Entrance, facet: Facet<unknown>): Promise<boolean>;
}

/** An endpoint that is asked for nothing but its version needs no longer. In milliseconds. */
const aliveTimeout = 1000;

/** How long a call may hang before it is asked whether its endpoint does, in milliseconds. */
const patience = 1000;

/** Too little to ask anything, in milliseconds. */
const noTime = 50;

/** How often a call is made again whose connection was lost while its endpoint lives: one that is cut takes all calls in flight along. */
const mostLosses = 3;

/** What an endpoint says of a node may be its own backoff speaking, up to 15 s old: another may know better. */
const mayBeOld = new Set<Failure['kind']>(['refused', 'no-route', 'connect-timeout', 'unavailable', 'wrong-ca']);

/** These may be the node's fault or the endpoint's: only the endpoint's own answer tells. */
const unclear = new Set<Failure['kind']>(['timeout', 'unavailable', 'other']);

/** These need no second look at the endpoint: it said so itself, or was waited for long enough. */
const certain = new Set<Failure['kind']>(['no-forwarding', 'connect-timeout']);

const silent = (endpoint: string): Failure => ({
  kind: 'timeout',
  layer: 'endpoint',
  code: 'DEADLINE_EXCEEDED',
  message: 'it took a call and does not answer',
  endpoint,
});

export function openAsker(entrances: Entrances, places: Places, limits: RoundLimits): Asker {
  const attempt = attempts(limits, places);
  const attemptAtOnce = attempts(limits, (run) => run());
  const asked = new Map<Entrance, Promise<boolean>>();

  function noting<T>(entrance: Entrance, facet: Facet<T>): Facet<T> {
    if (facet.ok) {
      entrance.answeredAt = facet.at;
    } else if (facet.error.kind === 'connect-timeout' && facet.error.layer === 'endpoint') {
      entrance.wire.renew();
    }
    return facet;
  }

  /** One question, shared by all calls that wonder whether the endpoint itself still lives. */
  function isAlive(entrance: Entrance): Promise<boolean> {
    const began = limits.now();
    if (limits.deadline - began < noTime) {
      return Promise.resolve(entrance.answeredAt >= began - limits.rpcTimeout);
    }
    const known = asked.get(entrance);
    const answer =
      known ??
      attemptAtOnce(entrance.wire, version, undefined, aliveTimeout).then((facet) => {
        asked.delete(entrance);
        if (!facet.ok && facet.error.kind === 'timeout') {
          // It may be the connection that is dead, and not the endpoint: a machine that came back knows nothing of it.
          entrance.wire.renew();
        }
        // Whoever ends the look meanwhile has not found the endpoint dead.
        return noting(entrance, facet).ok || entrance.answeredAt >= began || limits.signal.aborted;
      });
    asked.set(entrance, answer);
    return answer;
  }

  /** A connection that was lost can be there again at once: behind a name or a load balancer stand several machines. */
  async function isEndpointsFault({ layer, kind }: Failure, entrance: Entrance): Promise<boolean> {
    if (layer !== 'endpoint' && !unclear.has(kind)) {
      return false;
    }
    return entrance.state === 'failed' || (layer === 'endpoint' && certain.has(kind)) || !(await isAlive(entrance));
  }

  /** The call, unless its endpoint is found dead before: where there is another, nobody waits for the deadline. */
  function unlessDead<T>(entrance: Entrance, call: Call<T>): Call<T> {
    return (wire, options) =>
      new Promise((resolve, reject) => {
        const giveUp = (failure: Failure): void => reject(new CallError(failure));
        if (entrance.state === 'failed' && entrance.failure !== undefined) {
          giveUp(entrance.failure);
          return;
        }
        const timer = setTimeout(async () => {
          if (entrances.ranked().length > 1 && !(await isAlive(entrance))) {
            entrances.fail(entrance, silent(entrance.wire.endpoint));
            giveUp(silent(entrance.wire.endpoint));
          }
        }, patience);
        call(wire, options)
          .then(resolve, reject)
          .finally(() => clearTimeout(timer));
      });
  }

  async function through<T>(entrance: Entrance, call: Call<T>, node?: string): Promise<Facet<T>> {
    return noting(entrance, await attempt(entrance.wire, unlessDead(entrance, call), node));
  }

  /** Second opinions on a node: first its own, where it is an endpoint, then those of other endpoints. */
  async function elsewhere<T>(entrance: Entrance, call: Call<T>, node: string): Promise<Facet<T> | undefined> {
    const own = entrances.all.find(({ host }) => host === node);
    if (own?.state === 'trying') {
      await own.tried;
    }
    const others = entrances.ranked().filter((other) => other !== entrance);
    for (const other of others.sort((a, b) => Number(b.host === node) - Number(a.host === node))) {
      const facet = await through(other, call, node);
      if (facet.ok || limits.signal.aborted || !(await isEndpointsFault(facet.error, other))) {
        return facet;
      }
      entrances.fail(other, facet.error);
    }
    return undefined;
  }

  async function ask<T>(call: Call<T>, node?: string): Promise<Facet<T>> {
    let repeats = 0;
    for (;;) {
      const entrance = await entrances.current();
      if (entrance === undefined) {
        return { ok: false, error: whyNone(entrances.all, node), at: limits.now() };
      }
      const began = limits.now();
      const facet = await through(entrance, call, node);
      if (facet.ok || limits.signal.aborted) {
        return facet;
      }
      const { layer, kind } = facet.error;
      // An endpoint that has answered nobody meanwhile, and soon does, may have been what hung.
      const wasSilent = kind === 'timeout' && entrance.answeredAt <= began;
      const mostRepeats = layer === 'endpoint' ? mostLosses : Number(wasSilent);
      if (await isEndpointsFault(facet.error, entrance)) {
        entrances.fail(entrance, facet.error);
      } else if (repeats < mostRepeats) {
        repeats += 1;
      } else {
        const opinion = node !== undefined && mayBeOld.has(kind) ? await elsewhere(entrance, call, node) : undefined;
        return opinion?.ok ? opinion : facet;
      }
    }
  }

  return {
    ask,
    askEndpoint: attempt,
    /** A discovery that went wrong says nothing against an endpoint that answers: an older Talos, a resource that cannot be read. */
    async answers(entrance, facet) {
      noting(entrance, facet);
      if (facet.ok) {
        return true;
      }
      const { layer, kind } = facet.error;
      return layer !== 'caller' && !(layer === 'endpoint' && certain.has(kind)) && (await isAlive(entrance));
    },
  };
}
