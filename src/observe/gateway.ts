import { listResources, version } from '../talos/api.ts';
import type { Failure } from '../talos/failure.ts';
import type { Member } from '../talos/model.ts';
import { members } from '../talos/resources.ts';
import { type Attempt, attempts, type Call, type RoundLimits } from './asking.ts';
import type { EndpointSnapshot, Facet } from './snapshot.ts';
import type { EndpointWire, Wires } from './wires.ts';

/** An endpoint during one round. */
interface Entrance extends EndpointWire {
  state: 'trying' | 'good' | 'failed' | 'worker';
  failure?: Failure;
  /** Resolves once it is known whether the endpoint answers. */
  tried: Promise<Facet<readonly Member[]>>;
  /** One question, shared by all calls that timed out, whether the endpoint itself still lives. */
  alive?: Promise<boolean>;
}

/** The way into the cluster for one round: whichever endpoint is good, with the others in reserve. */
export interface Gateway {
  /** The first good answer to "who is in the cluster", else the first endpoint's failure. */
  readonly members: Promise<Facet<readonly Member[]>>;
  /** Waits until every endpoint has answered or failed, and says which answer. */
  answering(): Promise<readonly EndpointWire[]>;
  /** Asks a node, or with none the endpoint itself. An endpoint that fails is left for the next within the call. */
  ask<T>(call: Call<T>, node?: string): Promise<Facet<T>>;
  /** Asks the endpoint of this wire and no other. */
  askEndpoint: Attempt;
  /** Notes that an endpoint turned out to be a worker, which does not forward. */
  setAside(host: string): void;
  snapshot(): readonly EndpointSnapshot[];
}

/** An endpoint that answered a moment ago and is asked for nothing but its version needs no longer, in milliseconds. */
const aliveTimeout = 1000;

const noForwarding = (endpoint: string): Failure => ({
  kind: 'no-forwarding',
  layer: 'endpoint',
  code: 'PERMISSION_DENIED',
  message: `the endpoint ${endpoint} is a worker, and workers do not forward requests`,
  endpoint,
});

/**
 * Discovery is asked of every endpoint side by side, which tries them in the
 * same breath: a refused client certificate shows only on the first call.
 */
export function openGateway(wires: Wires, limits: RoundLimits): Gateway {
  const attempt = attempts(limits);
  const discover: Call<readonly Member[]> = (wire, options) => listResources(wire, members, options);
  const entrances: Entrance[] = wires.all.map((endpoint) => {
    const entrance: Entrance = { ...endpoint, state: 'trying', tried: attempt(endpoint.wire, discover) };
    entrance.tried = entrance.tried.then(async (facet) => settle(entrance, facet, await answers(entrance, facet)));
    return entrance;
  });
  let used: Entrance | undefined;

  async function current(): Promise<Entrance | undefined> {
    for (;;) {
      used = used?.state === 'good' ? used : entrances.find((entrance) => entrance.state === 'good');
      if (used !== undefined) {
        return used;
      }
      const trying = entrances.filter((entrance) => entrance.state === 'trying');
      if (trying.length === 0) {
        return undefined;
      }
      await Promise.race(trying.map((entrance) => entrance.tried));
    }
  }

  /** A call that timed out, or failed in words unknown, may be the node's fault or the endpoint's: its own answer tells. */
  function isAlive(entrance: Entrance): Promise<boolean> {
    entrance.alive ??= attempt(entrance.wire, version, undefined, aliveTimeout).then((facet) => {
      delete entrance.alive;
      return facet.ok;
    });
    return entrance.alive;
  }

  async function ask<T>(call: Call<T>, node?: string): Promise<Facet<T>> {
    for (;;) {
      const entrance = await current();
      if (entrance === undefined) {
        return { ok: false, error: whyNone(entrances, node), at: limits.now() };
      }
      const facet = await attempt(entrance.wire, call, node);
      if (facet.ok || limits.signal.aborted || !(await isEndpointsFault(facet.error, entrance))) {
        return facet;
      }
      entrance.state = facet.error.kind === 'no-forwarding' ? 'worker' : 'failed';
      entrance.failure = facet.error;
    }
  }

  async function isEndpointsFault({ layer, kind }: Failure, entrance: Entrance): Promise<boolean> {
    const unclear = kind === 'timeout' || kind === 'unavailable';
    return layer === 'endpoint' || (unclear && !(await isAlive(entrance)));
  }

  /** A discovery that went wrong says nothing against the endpoint: an older Talos, a resource that cannot be read. */
  async function answers(entrance: Entrance, facet: Facet<unknown>): Promise<boolean> {
    return facet.ok || (facet.error.layer === 'node' && !(await isEndpointsFault(facet.error, entrance)));
  }

  /** The first endpoint's discovery will do; where that went wrong, another's may not have. */
  async function firstMembers(): Promise<Facet<readonly Member[]>> {
    const first = await (await current())?.tried;
    if (first?.ok) {
      return first;
    }
    const facets = await Promise.all(entrances.map(({ tried }) => tried));
    return facets.find(({ ok }) => ok) ?? first ?? { ok: false, error: whyNone(entrances), at: limits.now() };
  }

  return {
    members: firstMembers(),
    ask,
    askEndpoint: attempt,
    answering: async () => {
      await Promise.all(entrances.map(({ tried }) => tried));
      return entrances.filter(({ state }) => state === 'good' || state === 'worker');
    },
    setAside: (host) => {
      for (const entrance of entrances.filter((candidate) => candidate.host === host)) {
        entrance.state = 'worker';
        entrance.failure = noForwarding(entrance.wire.endpoint);
      }
    },
    snapshot: () => entrances.map((entrance) => endpointSnapshot(entrance, entrance === used)),
  };
}

/** An endpoint that finds itself among the workers answers, but forwards to nobody. */
function settle(entrance: Entrance, facet: Facet<readonly Member[]>, answers: boolean): Facet<readonly Member[]> {
  if (!answers && !facet.ok) {
    entrance.state = 'failed';
    entrance.failure = facet.error;
  } else if (facet.ok && facet.value.some((member) => member.role === 'worker' && isMember(member, entrance.host))) {
    entrance.state = 'worker';
    entrance.failure = noForwarding(entrance.wire.endpoint);
  } else if (entrance.state === 'trying') {
    entrance.state = 'good';
  }
  return facet;
}

const isMember = (member: Member, host: string): boolean => member.hostname === host || member.addresses.includes(host);

/**
 * Why there is no way in. A node that is an endpoint has its own reason;
 * for the rest, the caller's fault says more than a network's, and a worker more than a silence.
 */
function whyNone(entrances: readonly Entrance[], node?: string): Failure {
  const failed = entrances.flatMap(({ host, failure }) => (failure === undefined ? [] : [{ host, failure }]));
  const telling =
    failed.find(({ host }) => host === node) ??
    failed.find(({ failure }) => failure.layer === 'caller') ??
    failed.find(({ failure }) => failure.kind === 'no-forwarding') ??
    failed[0];
  return (
    telling?.failure ?? { kind: 'other', layer: 'endpoint', code: 'UNAVAILABLE', message: 'no endpoint was tried' }
  );
}

function endpointSnapshot(entrance: Entrance, used: boolean): EndpointSnapshot {
  const { wire, state, failure } = entrance;
  return {
    endpoint: wire.endpoint,
    state: state === 'good' || state === 'trying' ? (used ? 'used' : 'standby') : state,
    ...(failure !== undefined && { failure }),
  };
}
