import { getResource, listResources } from '../talos/api.ts';
import type { Wire } from '../talos/call.ts';
import type { Connection } from '../talos/connection.ts';
import type { Member } from '../talos/model.ts';
import { identities, members } from '../talos/resources.ts';
import { hostIndex } from '../values/host-index.ts';
import type { EndpointWire, Wires } from './channels.ts';
import { type Entrance, endpointSnapshot, noForwarding, stateAfter, whyNone } from './endpoint.ts';
import { openEntrances } from './endpoints.ts';
import { type Asker, type Asking, openAsker } from './failover-client.ts';
import { type Call, openPlaces, type RoundLimits } from './request.ts';
import type { EndpointSnapshot, Facet } from './snapshot.ts';

/** What an endpoint said of itself and of the cluster. */
interface EndpointAnswer {
  readonly members: Facet<readonly Member[]>;
  /** Of the machine that answered; absent where it does not say. */
  readonly nodeId?: string;
}

/** An endpoint that is tried. */
export interface EndpointTrial extends EndpointWire {
  /** It failed before: nobody waits for it again. */
  readonly hadFailed: boolean;
  /** Never rejects. */
  readonly answer: Promise<EndpointAnswer>;
}

/** The endpoints, tried anew. */
export interface Entry extends Asking {
  readonly askEndpoint: Asker['askEndpoint'];
  readonly trials: readonly EndpointTrial[];
  /** Why no endpoint can be used. */
  whyNone(): Facet<never>;
  /** Waits until every endpoint has answered or failed, and says which answer. */
  answering(): Promise<readonly EndpointTrial[]>;
  /** Notes that an endpoint turned out to be a worker, which does not forward. */
  setAside(endpoint: string): void;
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

export const listMembers: Call<readonly Member[]> = (wire, options) => listResources(wire, members, options);
export const readIdentity: Call<string> = (wire, options) => getResource(wire, identities, 'local', options);

/** The endpoint finds itself among the workers: by its node id, else by an address or a name that nobody else has. */
function isWorker({ host, nodeId }: Entrance, listed: readonly Member[]): boolean {
  const own =
    nodeId === undefined
      ? hostIndex(listed, ({ hostname, addresses }) => [hostname, ...addresses]).find(host)
      : listed.find((member) => member.nodeId === nodeId);
  return own?.role === 'worker';
}

export function openGateway(wires: Wires): Gateway {
  const entrances = openEntrances(wires);
  const places = openPlaces();

  /** An endpoint that is a worker answers, but forwards to nobody. */
  function settle(entrance: Entrance, facet: Facet<readonly Member[]>, answers: boolean): void {
    if (!facet.ok && !answers) {
      entrances.fail(entrance, facet.error);
    } else if (facet.ok && isWorker(entrance, facet.value)) {
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
  ): Promise<EndpointAnswer> {
    // What was good stays so for calls that cannot wait, until it proves otherwise.
    entrance.confirmed = false;
    entrance.state = entrance.state === 'good' ? 'good' : 'trying';
    const ask = async () => {
      const [facet, identity] = await Promise.all([
        askEndpoint(entrance.wire, listMembers),
        askEndpoint(entrance.wire, readIdentity),
      ]);
      return { facet, identity, answering: await answers(entrance, facet) };
    };
    let asked = await ask();
    if (!asked.facet.ok && asked.facet.error.layer === 'endpoint' && asked.answering) {
      // The connection was lost, and is there again.
      asked = await ask();
    }
    const { facet, identity, answering } = asked;
    if (identity.ok && identity.value !== '') {
      entrance.nodeId = identity.value;
    }
    if (facet.ok || !signal.aborted) {
      settle(entrance, facet, answering);
    } else if (entrance.state === 'trying' && isLatest()) {
      // Nobody waited for it to the end.
      entrance.state = entrance.failure === undefined ? 'untried' : stateAfter(entrance.failure);
    }
    return { members: facet, ...(entrance.nodeId !== undefined && { nodeId: entrance.nodeId }) };
  }

  function enter(limits: RoundLimits, lasting = limits.signal): Entry {
    const asker = openAsker(entrances, places, limits);
    const patient = openAsker(entrances, places, { ...limits, signal: lasting });
    const trials = entrances.all.map((entrance): EndpointTrial => {
      const hadFailed = entrance.failure !== undefined;
      // Of one that is good the list of members need not come to the end: it is long.
      const [trier, signal] = entrance.state === 'good' ? [asker, limits.signal] : [patient, lasting];
      const answer = tryOne(entrance, trier, signal, () => entrance.tried === answer);
      entrance.tried = answer;
      return { host: entrance.host, wire: entrance.wire, watchWire: entrance.watchWire, hadFailed, answer };
    });
    return {
      ask: asker.ask,
      askEndpoint: asker.askEndpoint,
      trials,
      whyNone: () => ({ ok: false, error: whyNone(entrances.all), at: limits.now() }),
      answering: async () => {
        await Promise.all(trials.map(({ answer }) => answer));
        const usable = new Set(
          entrances.all.filter(({ state }) => state === 'good' || state === 'worker').map(({ wire }) => wire),
        );
        return trials.filter(({ wire }) => usable.has(wire));
      },
      setAside: (endpoint) => {
        for (const entrance of entrances.all.filter(({ wire }) => wire.endpoint === endpoint)) {
          entrances.fail(entrance, noForwarding(endpoint));
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
