import { listResources } from '../talos/api.ts';
import type { Wire } from '../talos/call.ts';
import type { Connection } from '../talos/connection.ts';
import type { Failure } from '../talos/failure.ts';
import type { Member } from '../talos/model.ts';
import { members } from '../talos/resources.ts';
import { type Asker, type Asking, openAsker } from './asker.ts';
import { type Call, openPlaces, type RoundLimits } from './asking.ts';
import { type Entrance, endpointSnapshot, isMember, noForwarding, stateAfter, whyNone } from './entrance.ts';
import { openEntrances } from './entrances.ts';
import type { EndpointSnapshot, Facet } from './snapshot.ts';
import type { EndpointWire, Wires } from './wires.ts';

/** The endpoints, tried anew. */
export interface Entry extends Asking {
  readonly askEndpoint: Asker['askEndpoint'];
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
   *
   * @param lasting ends the trials of endpoints that were not good: a look is often shorter than a handshake
   */
  enter(limits: RoundLimits, lasting?: AbortSignal): Entry;
  /** Asks by what is known of the endpoints. */
  within(limits: RoundLimits): Asking;
  /** The best endpoint's connection for watches; undefined while none is good. */
  readonly watchWire: () => Connection | undefined;
  /** Whether the endpoint of this connection is good, as far as is known. */
  readonly isGood: (wire: Wire) => boolean;
  snapshot(): readonly EndpointSnapshot[];
}

const discover: Call<readonly Member[]> = (wire, options) => listResources(wire, members, options);

export function openGateway(wires: Wires): Gateway {
  const entrances = openEntrances(wires);
  const places = openPlaces();

  /** An endpoint that finds itself among the workers answers, but forwards to nobody. */
  function settle(entrance: Entrance, facet: Facet<readonly Member[]>, answers: boolean): void {
    if (!facet.ok && !answers) {
      entrances.fail(entrance, facet.error);
    } else if (facet.ok && facet.value.some((member) => member.role === 'worker' && isMember(member, entrance.host))) {
      entrances.fail(entrance, noForwarding(entrance.wire.endpoint));
    } else {
      entrances.admit(entrance);
    }
  }

  async function tryOne(
    entrance: Entrance,
    { askEndpoint, answers }: Asker,
    signal: AbortSignal,
    isLatest: () => boolean,
  ): Promise<Facet<readonly Member[]>> {
    // What was good stays so for calls that cannot wait, until it proves otherwise.
    entrance.confirmed = false;
    entrance.state = entrance.state === 'good' ? 'good' : 'trying';
    let facet = await askEndpoint(entrance.wire, discover);
    let answering = await answers(entrance, facet);
    if (!facet.ok && facet.error.layer === 'endpoint' && answering) {
      // The connection was lost, and is there again.
      facet = await askEndpoint(entrance.wire, discover);
      answering = await answers(entrance, facet);
    }
    if (facet.ok || !signal.aborted) {
      settle(entrance, facet, answering);
    } else if (entrance.state === 'trying' && isLatest()) {
      // Nobody waited for it to the end.
      entrance.state = entrance.failure === undefined ? 'untried' : stateAfter(entrance.failure);
    }
    return facet;
  }

  function enter(limits: RoundLimits, lasting = limits.signal): Entry {
    const asker = openAsker(entrances, places, limits);
    const patient = openAsker(entrances, places, { ...limits, signal: lasting });
    const facets = entrances.all.map((entrance) => {
      // Of one that is good the list of members need not come to the end: it is long.
      const [trier, signal] = entrance.state === 'good' ? [asker, limits.signal] : [patient, lasting];
      const trial = tryOne(entrance, trier, signal, () => entrance.tried === trial);
      entrance.tried = trial;
      return trial;
    });
    return {
      ask: asker.ask,
      askEndpoint: asker.askEndpoint,
      members: firstGood(facets, () => whyNone(entrances.all), limits.now),
      answering: async () => {
        await Promise.all(facets);
        return entrances.all.filter(({ state }) => state === 'good' || state === 'worker');
      },
      setAside: (host) => {
        for (const entrance of entrances.all.filter((candidate) => candidate.host === host)) {
          entrances.fail(entrance, noForwarding(entrance.wire.endpoint));
        }
      },
    };
  }

  return {
    enter,
    within: (limits) => openAsker(entrances, places, limits),
    watchWire: () => entrances.ranked()[0]?.watchWire(),
    isGood: ({ endpoint }) => entrances.ranked().some(({ wire }) => wire.endpoint === endpoint),
    snapshot: () => entrances.all.map((entrance) => endpointSnapshot(entrance, entrance === entrances.used)),
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
    const answering = all.find((facet) => !facet.ok && facet.error.layer === 'node');
    return answering ?? { ok: false, error: whyNot(), at: now() };
  }
}
