import type { Channel } from '../../talos/grpc/call.ts';
import type { Connection } from '../../talos/grpc/connection.ts';
import type { Member } from '../../talos/model/machine.ts';
import { listResources } from '../../talos/resources/api.ts';
import { members } from '../../talos/resources/members.ts';
import { hostIndex } from '../../values/host-index.ts';
import type { Facet } from '../facets/facet.ts';
import { nodeFacets } from '../facets/table.ts';
import { type Call, openConcurrencyLimit, type RoundLimits } from '../request.ts';
import type { EndpointSnapshot } from '../snapshot.ts';
import type { Channels, EndpointChannel } from './channels.ts';
import { type FailoverClient, openFailoverClient, type TalosClient } from './client.ts';
import { type Endpoint, endpointSnapshot, noForwarding, stateAfter, whyNone } from './endpoint.ts';
import { openEndpoints } from './endpoints.ts';

/** What an endpoint reported about itself and about the cluster. */
interface EndpointAnswer {
  readonly members: Facet<readonly Member[]>;
  /** Of the machine that answered; absent if it does not report one. */
  readonly nodeId?: string;
}

/** An attempt to reach an endpoint. */
export interface EndpointTrial extends EndpointChannel {
  /** It had failed before, so nothing waits for it. */
  readonly hadFailed: boolean;
  /** Never rejects. */
  readonly answer: Promise<EndpointAnswer>;
}

/** One attempt to reach all endpoints, and calls through those that answer. */
export interface DiscoverySession extends TalosClient {
  readonly askEndpoint: FailoverClient['askEndpoint'];
  readonly trials: readonly EndpointTrial[];
  /** Why no endpoint can be used. */
  whyNone(): Facet<never>;
  /** Waits until every endpoint has answered or failed; returns those that answered. */
  answering(): Promise<readonly EndpointTrial[]>;
  /** Marks an endpoint as a worker, which does not forward requests. */
  markAsWorker(address: string): void;
}

/** The endpoints of the cluster and their state, kept across observations. */
export interface EndpointPool {
  /**
   * Tries all endpoints concurrently by requesting the member list: a rejected client certificate shows only on the
   * first call.
   *
   * @param lasting ends the attempts on endpoints that were not healthy: an observation is often shorter than a
   *   handshake
   */
  openSession(limits: RoundLimits, lasting?: AbortSignal): DiscoverySession;
  /** Makes calls with the current state of the endpoints, without trying them first. */
  client(limits: RoundLimits): TalosClient;
  /** The best endpoint's connection for watches; undefined if no endpoint is healthy. */
  readonly watchChannel: () => Connection | undefined;
  /** Whether the endpoint of this connection is healthy, as far as is known. */
  readonly isHealthy: (channel: Channel) => boolean;
  snapshot(): readonly EndpointSnapshot[];
}

export const listMembers: Call<readonly Member[]> = (channel, options) => listResources(channel, members, options);

/**
 * Whether the member list has the endpoint as a worker: by its node id, else by an address or a name that only one
 * member has.
 */
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

  /** An endpoint that is a worker answers, but does not forward requests. */
  function settle(endpoint: Endpoint, facet: Facet<readonly Member[]>, answers: boolean): void {
    if (!facet.ok && !answers) {
      endpoints.markFailed(endpoint, facet.error);
    } else if (facet.ok && isWorker(endpoint, facet.value)) {
      endpoints.markFailed(endpoint, noForwarding(endpoint.channel.endpoint));
    } else {
      endpoints.markHealthy(endpoint);
    }
  }

  async function tryOne(
    endpoint: Endpoint,
    { askEndpoint, answers }: FailoverClient,
    signal: AbortSignal,
    isLatest: () => boolean,
  ): Promise<EndpointAnswer> {
    // A healthy endpoint stays available for calls that cannot wait until it fails.
    endpoint.confirmed = false;
    endpoint.state = endpoint.state === 'healthy' ? 'healthy' : 'trying';
    const ask = async () => {
      const [facet, identity] = await Promise.all([
        askEndpoint(endpoint.channel, listMembers),
        // Behind a gateway, another machine may answer than the one whose list this is.
        endpoint.isGateway ? undefined : askEndpoint(endpoint.channel, nodeFacets.identity.read),
      ]);
      return { facet, identity, answering: await answers(endpoint, facet) };
    };
    let asked = await ask();
    if (!asked.facet.ok && asked.facet.error.layer === 'endpoint' && asked.answering) {
      // The connection was lost and has been restored.
      asked = await ask();
    }
    const { facet, identity, answering } = asked;
    if (identity?.ok && identity.value !== '') {
      endpoint.nodeId = identity.value;
    }
    if (facet.ok || !signal.aborted) {
      settle(endpoint, facet, answering);
    } else if (endpoint.state === 'trying' && isLatest()) {
      // The attempt was cut short.
      endpoint.state = endpoint.failure === undefined ? 'untried' : stateAfter(endpoint.failure);
    }
    return { members: facet, ...(endpoint.nodeId !== undefined && { nodeId: endpoint.nodeId }) };
  }

  function openSession(limits: RoundLimits, lasting = limits.signal): DiscoverySession {
    const failover = openFailoverClient(endpoints, limit, limits);
    const patient = openFailoverClient(endpoints, limit, { ...limits, signal: lasting });
    const trials = endpoints.all.map((endpoint): EndpointTrial => {
      const hadFailed = endpoint.failure !== undefined;
      // If the endpoint is healthy, its member list may be cut short: it is long.
      const [trier, signal] = endpoint.state === 'healthy' ? [failover, limits.signal] : [patient, lasting];
      const answer = tryOne(endpoint, trier, signal, () => endpoint.tried === answer);
      endpoint.tried = answer;
      const { host, isGateway, channel, watchChannel } = endpoint;
      return { host, isGateway, channel, watchChannel, hadFailed, answer };
    });
    return {
      ask: failover.ask,
      askEndpoint: failover.askEndpoint,
      trials,
      whyNone: () => ({ ok: false, error: whyNone(endpoints.all), at: limits.now() }),
      answering: async () => {
        await Promise.all(trials.map(({ answer }) => answer));
        const usable = new Set(
          endpoints.all.filter(({ state }) => state === 'healthy' || state === 'worker').map(({ channel }) => channel),
        );
        return trials.filter(({ channel }) => usable.has(channel));
      },
      markAsWorker: (address) => {
        for (const endpoint of endpoints.all.filter(({ channel }) => channel.endpoint === address)) {
          endpoints.markFailed(endpoint, noForwarding(address));
        }
      },
    };
  }

  return {
    openSession,
    client: (limits) => openFailoverClient(endpoints, limit, limits),
    watchChannel: () => endpoints.ranked()[0]?.watchChannel(),
    isHealthy: ({ endpoint }) => endpoints.ranked().some(({ channel }) => channel.endpoint === endpoint),
    snapshot: () => endpoints.all.map((endpoint) => endpointSnapshot(endpoint, endpoint === endpoints.used)),
  };
}
