import type { Failure } from '../../talos/failure.ts';
import type { Channels } from './channels.ts';
import { type Endpoint, stateAfter } from './endpoint.ts';
import { openRateLimit } from './rate-limit.ts';

/** All endpoints, and which one to use. */
export interface Endpoints {
  readonly all: readonly Endpoint[];
  /** The healthy endpoints, the best first. */
  ranked(): readonly Endpoint[];
  /** The endpoint to use, as soon as one has answered; undefined if none does. */
  current(): Promise<Endpoint | undefined>;
  /** The endpoint that was used last. */
  readonly used: Endpoint | undefined;
  markHealthy(endpoint: Endpoint): void;
  markFailed(endpoint: Endpoint, failure: Failure): void;
}

/** Interval between liveness probes through one endpoint, in milliseconds: three per second for any number of nodes. */
const probeInterval = 333;

export function openEndpoints(channels: Channels): Endpoints {
  const all = channels.all.map((endpoint): Endpoint => {
    return {
      ...endpoint,
      state: 'untried',
      confirmed: false,
      failures: 0,
      answeredAt: Number.NEGATIVE_INFINITY,
      aliveAt: Number.NEGATIVE_INFINITY,
      latency: 0,
      rateLimit: openRateLimit(probeInterval),
      tried: Promise.resolve(),
    };
  });
  let used: Endpoint | undefined;

  /** Endpoints that answered in this round come first; then those with fewer failures. */
  function ranked(): readonly Endpoint[] {
    const rank = ({ confirmed, failures }: Endpoint): number => failures + (confirmed ? 0 : 1000);
    return all.filter(({ state }) => state === 'healthy').sort((a, b) => rank(a) - rank(b));
  }

  async function current(): Promise<Endpoint | undefined> {
    for (;;) {
      used = used?.state === 'healthy' && used.confirmed ? used : ranked()[0];
      const trying = all.filter((endpoint) => endpoint.state === 'trying');
      if (used !== undefined || trying.length === 0) {
        return used;
      }
      await Promise.race(trying.map((endpoint) => endpoint.tried));
    }
  }

  return {
    all,
    ranked,
    current,
    get used() {
      return used;
    },
    markHealthy(endpoint) {
      endpoint.state = 'healthy';
      endpoint.confirmed = true;
      delete endpoint.failure;
    },
    markFailed(endpoint, failure) {
      // Many concurrent calls can fail for the same reason.
      endpoint.failures += endpoint.state === 'failed' ? 0 : 1;
      endpoint.state = stateAfter(failure);
      // The failure says nothing about the node that was called through the endpoint.
      endpoint.failure = failure.layer === 'node' ? { ...failure, layer: 'endpoint' } : failure;
      endpoint.confirmed = false;
    },
  };
}
