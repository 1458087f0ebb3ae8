import { setTimeout as pause } from 'node:timers/promises';
import type { Failure } from '../../talos/failure.ts';
import type { Channel } from '../../talos/grpc/call.ts';
import type { Facet } from '../facets/facet.ts';
import type { Call, ConcurrencyLimit, RoundLimits } from '../request.ts';
import { openCalls } from './calls.ts';
import { type Endpoint, whyNone } from './endpoint.ts';
import type { Endpoints } from './endpoints.ts';

/** Makes calls through any healthy endpoint. */
export interface TalosClient {
  /**
   * Calls a node, or the endpoint itself if no node is given. If the endpoint fails, the call continues through the
   * next one.
   */
  ask<T>(call: Call<T>, node?: string): Promise<Facet<T>>;
}

export interface FailoverClient extends TalosClient {
  /** Calls the endpoint of this channel and no other. */
  askEndpoint<T>(channel: Channel, call: Call<T>): Promise<Facet<T>>;
  /** Whether the endpoint answers at all, given the result of a call to it. */
  answers(endpoint: Endpoint, facet: Facet<unknown>): Promise<boolean>;
}

/**
 * How often to retry a call if its connection was lost but its endpoint is alive: a lost connection fails all calls in
 * flight.
 */
const maxLosses = 3;

/**
 * An endpoint may report a node as unreachable because of its own backoff, which lasts up to 15 s. Another endpoint may
 * reach the node.
 */
const mayBeOutdated = new Set<Failure['kind']>(['refused', 'no-route', 'connect-timeout', 'unavailable', 'wrong-ca']);

/** Failures of either the node or the endpoint: only a call to the endpoint itself can tell. */
const unclear = new Set<Failure['kind']>(['timeout', 'cancelled', 'unavailable', 'other']);

/** The endpoint itself reported these, or was given enough time: no probe is needed. */
const certain = new Set<Failure['kind']>(['no-forwarding', 'connect-timeout']);

export function openFailoverClient(endpoints: Endpoints, limit: ConcurrencyLimit, limits: RoundLimits): FailoverClient {
  const { through, own, answersThrough, lateAfter, isAlive, wasAlive } = openCalls(endpoints, limit, limits);

  /** A lost connection may be restored at once: several machines can be behind a name or a load balancer. */
  async function isEndpointsFault({ layer, kind }: Failure, endpoint: Endpoint, began: number): Promise<boolean> {
    if (layer !== 'endpoint' && (!unclear.has(kind) || (kind === 'timeout' && wasAlive(endpoint, began)))) {
      return false;
    }
    return endpoint.state === 'failed' || (layer === 'endpoint' && certain.has(kind)) || !(await isAlive(endpoint));
  }

  /**
   * Calls the node through other endpoints: first through the node itself if it is an endpoint, then through the
   * others.
   */
  async function secondOpinion<T>(endpoint: Endpoint, call: Call<T>, node: string): Promise<Facet<T> | undefined> {
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
        endpoints.markFailed(other, facet.error);
      }
    }
    return undefined;
  }

  /**
   * The node may be unreachable only from this endpoint. Calls it through every other endpoint through which it
   * answers; rejects if there is none.
   */
  async function throughOthers<T>(endpoint: Endpoint, call: Call<T>, node: string): Promise<Facet<T>> {
    const others = endpoints.ranked().filter((other) => other !== endpoint && other.confirmed);
    if (others.length === 0 || !(await answersThrough(endpoint))) {
      throw new Error('no other endpoint reaches the node');
    }
    return await Promise.any(
      others.map(async (other) => {
        const facet = (await answersThrough(other, node)) ? await through(other, call, node, false) : undefined;
        if (facet?.ok !== true) {
          throw new Error('no other endpoint reaches the node');
        }
        return facet;
      }),
    );
  }

  /** Calls through this endpoint, and also through others as soon as that takes long. */
  async function hedged<T>(
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
    return isLate
      ? await Promise.race([straight, throughOthers(endpoint, call, node).catch(() => straight)])
      : await straight;
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
      const facet = await hedged(endpoint, call, node, left < endpoints.all.length);
      if (facet === undefined) {
        left += 1;
        continue;
      }
      if (facet.ok || limits.signal.aborted) {
        return facet;
      }
      const { layer, kind } = facet.error;
      // If the endpoint answered nothing in the meantime but is alive, the endpoint may have hung rather than the node.
      const wasSilent = kind === 'timeout' && endpoint.answeredAt <= began;
      const maxRepeats = layer === 'endpoint' ? maxLosses : Number(wasSilent);
      if (await isEndpointsFault(facet.error, endpoint, began)) {
        endpoints.markFailed(endpoint, facet.error);
      } else if (repeats < maxRepeats) {
        repeats += 1;
      } else {
        const opinion =
          node !== undefined && mayBeOutdated.has(kind) ? await secondOpinion(endpoint, call, node) : undefined;
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
    /**
     * A failed member list is no failure of the endpoint if it answers: an older Talos, or a resource that cannot be
     * read.
     */
    async answers(endpoint, facet) {
      if (facet.ok) {
        return true;
      }
      const { layer, kind } = facet.error;
      return layer !== 'caller' && !(layer === 'endpoint' && certain.has(kind)) && (await isAlive(endpoint));
    },
  };
}
