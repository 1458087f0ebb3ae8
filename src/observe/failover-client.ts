import { setTimeout as pause } from 'node:timers/promises';
import type { Channel } from '../talos/call.ts';
import type { Failure } from '../talos/failure.ts';
import { openCalls } from './calls.ts';
import { type Endpoint, whyNone } from './endpoint.ts';
import type { Endpoints } from './endpoints.ts';
import type { Facet } from './facet.ts';
import type { Call, ConcurrencyLimit, RoundLimits } from './request.ts';

/** Asks through whichever endpoint is good. */
export interface Asking {
  /** Asks a node, or with none the endpoint itself. An endpoint that fails is left for the next within the call. */
  ask<T>(call: Call<T>, node?: string): Promise<Facet<T>>;
}

export interface FailoverClient extends Asking {
  /** Asks the endpoint of this channel and no other. */
  askEndpoint<T>(channel: Channel, call: Call<T>): Promise<Facet<T>>;
  /** Whether the endpoint answers at all, after it was asked this. */
  answers(endpoint: Endpoint, facet: Facet<unknown>): Promise<boolean>;
}

/** How often a call is made again whose connection was lost while its endpoint lives: one that is cut takes all calls in flight along. */
const mostLosses = 3;

/** What an endpoint says of a node may be its own backoff speaking, up to 15 s old: another may know better. */
const mayBeOld = new Set<Failure['kind']>(['refused', 'no-route', 'connect-timeout', 'unavailable', 'wrong-ca']);

/** These may be the node's fault or the endpoint's: only the endpoint's own answer tells. */
const unclear = new Set<Failure['kind']>(['timeout', 'cancelled', 'unavailable', 'other']);

/** These need no second look at the endpoint: it said so itself, or was waited for long enough. */
const certain = new Set<Failure['kind']>(['no-forwarding', 'connect-timeout']);

export function openFailoverClient(endpoints: Endpoints, limit: ConcurrencyLimit, limits: RoundLimits): FailoverClient {
  const { through, own, answersThrough, lateAfter, isAlive, wasAlive } = openCalls(endpoints, limit, limits);

  /** A connection that was lost can be there again at once: behind a name or a load balancer stand several machines. */
  async function isEndpointsFault({ layer, kind }: Failure, endpoint: Endpoint, began: number): Promise<boolean> {
    if (layer !== 'endpoint' && (!unclear.has(kind) || (kind === 'timeout' && wasAlive(endpoint, began)))) {
      return false;
    }
    return endpoint.state === 'failed' || (layer === 'endpoint' && certain.has(kind)) || !(await isAlive(endpoint));
  }

  /** Second opinions on a node: first its own, where it is an endpoint, then those of other endpoints. */
  async function elsewhere<T>(endpoint: Endpoint, call: Call<T>, node: string): Promise<Facet<T> | undefined> {
    const itself = endpoints.all.find(({ host }) => host === node);
    if (itself?.state === 'trying') {
      await itself.tried;
    }
    const others = endpoints.ranked().filter((other) => other !== endpoint);
    for (const other of others.sort((a, b) => Number(b.host === node) - Number(a.host === node))) {
      const began = limits.now();
      const facet = await through(other, call, node, true);
      if (facet?.ok || limits.signal.aborted) {
        return facet;
      }
      if (facet !== undefined) {
        if (!(await isEndpointsFault(facet.error, other, began))) {
          return facet;
        }
        endpoints.fail(other, facet.error);
      }
    }
    return undefined;
  }

  /**
   * A node that hangs may do so only behind this endpoint, whose way to it is cut: the call goes through whichever
   * other endpoint the node answers. Rejects where it answers none.
   */
  async function around<T>(endpoint: Endpoint, call: Call<T>, node: string): Promise<Facet<T>> {
    const others = endpoints.ranked().filter((other) => other !== endpoint && other.confirmed);
    if (others.length === 0 || !(await answersThrough(endpoint))) {
      throw new Error('no way around');
    }
    return await Promise.any(
      others.map(async (other) => {
        const facet = (await answersThrough(other, node)) ? await through(other, call, node, false) : undefined;
        if (facet?.ok !== true) {
          throw new Error('no way around');
        }
        return facet;
      }),
    );
  }

  /** Through this endpoint, and around it as soon as it takes long. */
  async function throughOrAround<T>(
    endpoint: Endpoint,
    call: Call<T>,
    node: string | undefined,
    mayLeave: boolean,
  ): Promise<Facet<T> | undefined> {
    const straight = through(endpoint, call, node, mayLeave);
    if (node === undefined || endpoint.host === node) {
      return await straight;
    }
    const isLate = await Promise.race([straight.then(() => false), pause(lateAfter(endpoint), true, { ref: false })]);
    return isLate ? await Promise.race([straight, around(endpoint, call, node).catch(() => straight)]) : await straight;
  }

  async function ask<T>(call: Call<T>, node?: string): Promise<Facet<T>> {
    let repeats = 0;
    let left = 0;
    for (;;) {
      const endpoint = await endpoints.current();
      if (endpoint === undefined) {
        return { ok: false, error: whyNone(endpoints.all, node), at: limits.now() };
      }
      const began = limits.now();
      const facet = await throughOrAround(endpoint, call, node, left < endpoints.all.length);
      if (facet === undefined) {
        left += 1;
        continue;
      }
      if (facet.ok || limits.signal.aborted) {
        return facet;
      }
      const { layer, kind } = facet.error;
      // An endpoint that has answered nobody meanwhile, and soon does, may have been what hung.
      const wasSilent = kind === 'timeout' && endpoint.answeredAt <= began;
      const mostRepeats = layer === 'endpoint' ? mostLosses : Number(wasSilent);
      if (await isEndpointsFault(facet.error, endpoint, began)) {
        endpoints.fail(endpoint, facet.error);
      } else if (repeats < mostRepeats) {
        repeats += 1;
      } else {
        const opinion = node !== undefined && mayBeOld.has(kind) ? await elsewhere(endpoint, call, node) : undefined;
        return opinion?.ok ? opinion : facet;
      }
    }
  }

  return {
    ask,
    askEndpoint: (channel, call) => {
      const endpoint = endpoints.all.find((candidate) => candidate.channel === channel);
      if (endpoint === undefined) {
        throw new Error(`${channel.endpoint} is no endpoint of these`);
      }
      return own(endpoint, call);
    },
    /** A discovery that went wrong says nothing against an endpoint that answers: an older Talos, a resource that cannot be read. */
    async answers(endpoint, facet) {
      if (facet.ok) {
        return true;
      }
      const { layer, kind } = facet.error;
      return layer !== 'caller' && !(layer === 'endpoint' && certain.has(kind)) && (await isAlive(endpoint));
    },
  };
}
