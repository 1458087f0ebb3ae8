import { listResources } from '../talos/api.ts';
import type { Channel } from '../talos/call.ts';
import type { Connection } from '../talos/connection.ts';
import type { Member } from '../talos/model.ts';
import { members } from '../talos/resources.ts';
import { hostIndex } from '../values/host-index.ts';
import type { Channels, EndpointChannel } from './channels.ts';
import { type Endpoint, endpointSnapshot, noForwarding, stateAfter, whyNone } from './endpoint.ts';
import { openEndpoints } from './endpoints.ts';
import type { Facet } from './facet.ts';
import { nodeFacets } from './facets.ts';
import { type Asking, type FailoverClient, openFailoverClient } from './failover-client.ts';
import { type Call, openConcurrencyLimit, type RoundLimits } from './request.ts';
import type { EndpointSnapshot } from './snapshot.ts';

/** What an endpoint said of itself and of the cluster. */
interface EndpointAnswer {
  readonly members: Facet<readonly Member[]>;
  /** Of the machine that answered; absent where it does not say. */
  readonly nodeId?: string;
}

/** An endpoint that is tried. */
export interface EndpointTrial extends EndpointChannel {
  /** It failed before: nobody waits for it again. */
  readonly hadFailed: boolean;
  /** Never rejects. */
  readonly answer: Promise<EndpointAnswer>;
}

/** The endpoints, tried anew. */
export interface Entry extends Asking {
  readonly askEndpoint: FailoverClient['askEndpoint'];
  readonly trials: readonly EndpointTrial[];
  /** Why no endpoint can be used. */
  whyNone(): Facet<never>;
  /** Waits until every endpoint has answered or failed, and says which answer. */
  answering(): Promise<readonly EndpointTrial[]>;
  /** Notes that an endpoint turned out to be a worker, which does not forward. */
  setAside(address: string): void;
}

/** The way into the cluster: its endpoints, and what is known of each from look to look. */
export interface EndpointPool {
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
  readonly watchChannel: () => Connection | undefined;
  /** Whether the endpoint of this connection is good, as far as is known. */
  readonly isHealthy: (channel: Channel) => boolean;
  snapshot(): readonly EndpointSnapshot[];
}

export const listMembers: Call<readonly Member[]> = (channel, options) => listResources(channel, members, options);

/** The endpoint finds itself among the workers: by its node id, else by an address or a name that nobody else has. */
function isWorker({ host, nodeId }: Endpoint, listed: readonly Member[]): boolean {
  const own =
    nodeId === undefined
      ? hostIndex(listed, ({ hostname, addresses }) => [hostname, ...addresses]).find(host)
      : listed.find((member) => member.nodeId === nodeId);
  return own?.role === 'worker';
}

export function openEndpointPool(channels: Channels): EndpointPool {
  const endpoints = openEndpoints(channels);
  const limit = openConcurrencyLimit();

  /** An endpoint that is a worker answers, but forwards to nobody. */
  function settle(endpoint: Endpoint, facet: Facet<readonly Member[]>, answers: boolean): void {
    if (!facet.ok && !answers) {
      endpoints.fail(endpoint, facet.error);
    } else if (facet.ok && isWorker(endpoint, facet.value)) {
      endpoints.fail(endpoint, noForwarding(endpoint.channel.endpoint));
    } else {
      endpoints.admit(endpoint);
    }
  }

  async function tryOne(
    endpoint: Endpoint,
    { askEndpoint, answers }: FailoverClient,
    signal: AbortSignal,
    isLatest: () => boolean,
  ): Promise<EndpointAnswer> {
    // What was good stays so for calls that cannot wait, until it proves otherwise.
    endpoint.confirmed = false;
    endpoint.state = endpoint.state === 'good' ? 'good' : 'trying';
    const ask = async () => {
      const [facet, identity] = await Promise.all([
        askEndpoint(endpoint.channel, listMembers),
        askEndpoint(endpoint.channel, nodeFacets.identity.read),
      ]);
      return { facet, identity, answering: await answers(endpoint, facet) };
    };
    let asked = await ask();
    if (!asked.facet.ok && asked.facet.error.layer === 'endpoint' && asked.answering) {
      // The connection was lost, and is there again.
      asked = await ask();
    }
    const { facet, identity, answering } = asked;
    if (identity.ok && identity.value !== '') {
      endpoint.nodeId = identity.value;
    }
    if (facet.ok || !signal.aborted) {
      settle(endpoint, facet, answering);
    } else if (endpoint.state === 'trying' && isLatest()) {
      // Nobody waited for it to the end.
      endpoint.state = endpoint.failure === undefined ? 'untried' : stateAfter(endpoint.failure);
    }
    return { members: facet, ...(endpoint.nodeId !== undefined && { nodeId: endpoint.nodeId }) };
  }

  function enter(limits: RoundLimits, lasting = limits.signal): Entry {
    const failover = openFailoverClient(endpoints, limit, limits);
    const patient = openFailoverClient(endpoints, limit, { ...limits, signal: lasting });
    const trials = endpoints.all.map((endpoint): EndpointTrial => {
      const hadFailed = endpoint.failure !== undefined;
      // Of one that is good the list of members need not come to the end: it is long.
      const [trier, signal] = endpoint.state === 'good' ? [failover, limits.signal] : [patient, lasting];
      const answer = tryOne(endpoint, trier, signal, () => endpoint.tried === answer);
      endpoint.tried = answer;
      return { host: endpoint.host, channel: endpoint.channel, watchChannel: endpoint.watchChannel, hadFailed, answer };
    });
    return {
      ask: failover.ask,
      askEndpoint: failover.askEndpoint,
      trials,
      whyNone: () => ({ ok: false, error: whyNone(endpoints.all), at: limits.now() }),
      answering: async () => {
        await Promise.all(trials.map(({ answer }) => answer));
        const usable = new Set(
          endpoints.all.filter(({ state }) => state === 'good' || state === 'worker').map(({ channel }) => channel),
        );
        return trials.filter(({ channel }) => usable.has(channel));
      },
      setAside: (address) => {
        for (const endpoint of endpoints.all.filter(({ channel }) => channel.endpoint === address)) {
          endpoints.fail(endpoint, noForwarding(address));
        }
      },
    };
  }

  return {
    enter,
    within: (limits) => openFailoverClient(endpoints, limit, limits),
    watchChannel: () => endpoints.ranked()[0]?.watchChannel(),
    isHealthy: ({ endpoint }) => endpoints.ranked().some(({ channel }) => channel.endpoint === endpoint),
    snapshot: () => endpoints.all.map((endpoint) => endpointSnapshot(endpoint, endpoint === endpoints.used)),
  };
}
