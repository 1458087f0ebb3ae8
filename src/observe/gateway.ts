import { listResources, version } from '../talos/api.ts';
import type { Wire } from '../talos/call.ts';
import type { Failure } from '../talos/failure.ts';
import type { Member } from '../talos/model.ts';
import { members } from '../talos/resources.ts';
import { type Attempt, attempts, type Call, type RoundLimits } from './asking.ts';
import { type Entrance, endpointSnapshot, isMember, noForwarding, whyNone } from './entrance.ts';
import type { EndpointSnapshot, Facet } from './snapshot.ts';
import type { EndpointWire, Wires } from './wires.ts';

/** Asks through whichever endpoint is good. */
export interface Asker {
  /** Asks a node, or with none the endpoint itself. An endpoint that fails is left for the next within the call. */
  ask<T>(call: Call<T>, node?: string): Promise<Facet<T>>;
  /** Asks the endpoint of this wire and no other. */
  readonly askEndpoint: Attempt;
}

/** The endpoints, tried anew. */
export interface Entry extends Asker {
  /** The first good answer to "who is in the cluster", else the reason why there is none. */
  readonly members: Promise<Facet<readonly Member[]>>;
  /** Waits until every endpoint has answered or failed, and says which answer. */
  answering(): Promise<readonly EndpointWire[]>;
  /** Notes that an endpoint turned out to be a worker, which does not forward. */
  setAside(host: string): void;
}

/** The way into the cluster: its endpoints, and what is known of each from look to look. */
export interface Gateway {
  /**
   * Tries all endpoints side by side, with the question who is in the cluster:
   * a refused client certificate shows only on the first call.
   */
  enter(limits: RoundLimits): Entry;
  /** Asks by what is known of the endpoints. */
  within(limits: RoundLimits): Asker;
  /** The best endpoint's connection for watches; undefined while none is good. */
  watchWire(): Wire | undefined;
  snapshot(): readonly EndpointSnapshot[];
}

/** An endpoint that answered a moment ago and is asked for nothing but its version needs no longer, in milliseconds. */
const aliveTimeout = 1000;

/** What an endpoint says of a node may be its own backoff speaking, up to 15 s old: another may know better. */
const mayBeOld = new Set<Failure['kind']>(['refused', 'no-route', 'connect-timeout', 'unavailable', 'wrong-ca']);

const discover: Call<readonly Member[]> = (wire, options) => listResources(wire, members, options);

export function openGateway(wires: Wires): Gateway {
  const entrances = wires.all.map(
    (endpoint): Entrance => ({ ...endpoint, state: 'trying', confirmed: false, failures: 0, tried: Promise.resolve() }),
  );
  let used: Entrance | undefined;

  /** Who has answered in this round comes before who did in an earlier one, and who fails often comes last. */
  function best(except?: Entrance): Entrance | undefined {
    const good = entrances.filter((entrance) => entrance.state === 'good' && entrance !== except);
    const rank = ({ confirmed, failures }: Entrance): number => failures + (confirmed ? 0 : 1000);
    return good.sort((a, b) => rank(a) - rank(b))[0];
  }

  async function current(): Promise<Entrance | undefined> {
    for (;;) {
      used = used?.state === 'good' && used.confirmed ? used : best();
      const trying = entrances.filter((entrance) => entrance.state === 'trying');
      if (used !== undefined || trying.length === 0) {
        return used;
      }
      await Promise.race(trying.map((entrance) => entrance.tried));
    }
  }

  function fail(entrance: Entrance, failure: Failure): void {
    entrance.state = failure.kind === 'no-forwarding' ? 'worker' : 'failed';
    entrance.failure = failure;
    entrance.confirmed = false;
    entrance.failures += 1;
  }

  /** An endpoint that finds itself among the workers answers, but forwards to nobody. */
  function settle(entrance: Entrance, facet: Facet<readonly Member[]>, answers: boolean): void {
    if (!facet.ok && !answers) {
      fail(entrance, facet.error);
    } else if (facet.ok && facet.value.some((member) => member.role === 'worker' && isMember(member, entrance.host))) {
      fail(entrance, noForwarding(entrance.wire.endpoint));
    } else {
      entrance.state = 'good';
      entrance.confirmed = true;
      delete entrance.failure;
    }
  }

  function within(
    limits: RoundLimits,
  ): Asker & { answers(entrance: Entrance, facet: Facet<unknown>): Promise<boolean> } {
    const attempt = attempts(limits);

    /** One question, shared by all calls that wonder whether the endpoint itself still lives. */
    function isAlive(entrance: Entrance): Promise<boolean> {
      entrance.alive ??= attempt(entrance.wire, version, undefined, aliveTimeout).then((facet) => {
        delete entrance.alive;
        return facet.ok;
      });
      return entrance.alive;
    }

    /** A call that timed out, or failed in words unknown, may be the node's fault or the endpoint's: its own answer tells. */
    async function isEndpointsFault({ layer, kind }: Failure, entrance: Entrance): Promise<boolean> {
      const unclear = kind === 'timeout' || kind === 'unavailable';
      return layer === 'endpoint' || (unclear && !(await isAlive(entrance)));
    }

    /** A second opinion on a node: its own, where it is an endpoint, else that of another endpoint. */
    function other(entrance: Entrance, node: string): Entrance | undefined {
      const own = entrances.find(({ host, state }) => host === node && state === 'good');
      return own !== undefined && own !== entrance ? own : best(entrance);
    }

    async function ask<T>(call: Call<T>, node?: string): Promise<Facet<T>> {
      for (;;) {
        const entrance = await current();
        if (entrance === undefined) {
          return { ok: false, error: whyNone(entrances, node), at: limits.now() };
        }
        const facet = await attempt(entrance.wire, call, node);
        if (facet.ok || limits.signal.aborted) {
          return facet;
        }
        if (await isEndpointsFault(facet.error, entrance)) {
          fail(entrance, facet.error);
          continue;
        }
        const second = node !== undefined && mayBeOld.has(facet.error.kind) ? other(entrance, node) : undefined;
        const opinion = second && (await attempt(second.wire, call, node));
        return opinion?.ok ? opinion : facet;
      }
    }

    /** A discovery that went wrong says nothing against the endpoint: an older Talos, a resource that cannot be read. */
    async function answers(entrance: Entrance, facet: Facet<unknown>): Promise<boolean> {
      return facet.ok || (facet.error.layer === 'node' && !(await isEndpointsFault(facet.error, entrance)));
    }

    return { ask, askEndpoint: attempt, answers };
  }

  function enter(limits: RoundLimits): Entry {
    const { ask, askEndpoint, answers } = within(limits);
    const facets = entrances.map(async (entrance) => {
      // What was good stays so for calls that cannot wait, until it proves otherwise.
      entrance.confirmed = false;
      entrance.state = entrance.state === 'good' ? 'good' : 'trying';
      const facet = await askEndpoint(entrance.wire, discover);
      settle(entrance, facet, await answers(entrance, facet));
      return facet;
    });
    for (const [index, entrance] of entrances.entries()) {
      entrance.tried = facets[index] ?? entrance.tried;
    }
    return {
      ask,
      askEndpoint,
      members: firstGood(facets, () => whyNone(entrances), limits.now),
      answering: async () => {
        await Promise.all(facets);
        return entrances.filter(({ state }) => state === 'good' || state === 'worker');
      },
      setAside: (host) => {
        for (const entrance of entrances.filter((candidate) => candidate.host === host)) {
          fail(entrance, noForwarding(entrance.wire.endpoint));
        }
      },
    };
  }

  return {
    enter,
    within,
    watchWire: () => best()?.watchWire(),
    snapshot: () => entrances.map((entrance) => endpointSnapshot(entrance, entrance === used)),
  };
}

/** The first that is good, as soon as it is there; else the first that an endpoint gave which answers at all. */
async function firstGood<T>(
  facets: readonly Promise<Facet<T>>[],
  whyNot: () => Failure,
  now: () => number,
): Promise<Facet<T>> {
  const good = facets.map(async (facet) => ((await facet).ok ? facet : Promise.reject(new Error('not this one'))));
  try {
    return await Promise.any(good);
  } catch {
    const all = await Promise.all(facets);
    return all.find((facet) => !facet.ok && facet.error.layer === 'node') ?? { ok: false, error: whyNot(), at: now() };
  }
}
