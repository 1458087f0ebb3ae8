import type { Failure } from '../talos/failure.ts';
import type { Channels } from './channels.ts';
import { type Endpoint, stateAfter } from './endpoint.ts';
import { openRateLimit } from './rate-limit.ts';

/** All endpoints, and which of them to use. */
export interface Endpoints {
  readonly all: readonly Endpoint[];
  /** Those that are good, the best first. */
  ranked(): readonly Endpoint[];
  /** The one to use, as soon as one has answered; undefined where none does. */
  current(): Promise<Endpoint | undefined>;
  /** The one that was used last. */
  readonly used: Endpoint | undefined;
  admit(endpoint: Endpoint): void;
  fail(endpoint: Endpoint, failure: Failure): void;
}

/** Between two questions to those who do not answer, in milliseconds: three a second, however many they are. */
const leastPause = 333;

export function openEndpoints(channels: Channels): Endpoints {
  const all = channels.all.map((endpoint): Endpoint => {
    return {
      ...endpoint,
      state: 'untried',
      confirmed: false,
      failures: 0,
      answeredAt: Number.NEGATIVE_INFINITY,
      livedAt: Number.NEGATIVE_INFINITY,
      pace: 0,
      rateLimit: openRateLimit(leastPause),
      tried: Promise.resolve(),
    };
  });
  let used: Endpoint | undefined;

  /** Who has answered in this round comes before who did in an earlier one, and who fails often comes last. */
  function ranked(): readonly Endpoint[] {
    const rank = ({ confirmed, failures }: Endpoint): number => failures + (confirmed ? 0 : 1000);
    return all.filter(({ state }) => state === 'good').sort((a, b) => rank(a) - rank(b));
  }

  async function current(): Promise<Endpoint | undefined> {
    for (;;) {
      used = used?.state === 'good' && used.confirmed ? used : ranked()[0];
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
    admit(endpoint) {
      endpoint.state = 'good';
      endpoint.confirmed = true;
      delete endpoint.failure;
    },
    fail(endpoint, failure) {
      // Many calls can fail with it at once.
      endpoint.failures += endpoint.state === 'failed' ? 0 : 1;
      endpoint.state = stateAfter(failure);
      // Of a node that was asked through it nothing is known then.
      endpoint.failure = failure.layer === 'node' ? { ...failure, layer: 'endpoint' } : failure;
      endpoint.confirmed = false;
    },
  };
}
