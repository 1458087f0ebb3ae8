import type { Failure } from '../talos/failure.ts';
import type { Wires } from './channels.ts';
import { type Entrance, stateAfter } from './endpoint.ts';
import { openRateLimit } from './rate-limit.ts';

/** All endpoints, and which of them to use. */
export interface Entrances {
  readonly all: readonly Entrance[];
  /** Those that are good, the best first. */
  ranked(): readonly Entrance[];
  /** The one to use, as soon as one has answered; undefined where none does. */
  current(): Promise<Entrance | undefined>;
  /** The one that was used last. */
  readonly used: Entrance | undefined;
  admit(entrance: Entrance): void;
  fail(entrance: Entrance, failure: Failure): void;
}

/** Between two questions to those who do not answer, in milliseconds: three a second, however many they are. */
const leastPause = 333;

export function openEntrances(wires: Wires): Entrances {
  const all = wires.all.map((endpoint): Entrance => {
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
  let used: Entrance | undefined;

  /** Who has answered in this round comes before who did in an earlier one, and who fails often comes last. */
  function ranked(): readonly Entrance[] {
    const rank = ({ confirmed, failures }: Entrance): number => failures + (confirmed ? 0 : 1000);
    return all.filter(({ state }) => state === 'good').sort((a, b) => rank(a) - rank(b));
  }

  async function current(): Promise<Entrance | undefined> {
    for (;;) {
      used = used?.state === 'good' && used.confirmed ? used : ranked()[0];
      const trying = all.filter((entrance) => entrance.state === 'trying');
      if (used !== undefined || trying.length === 0) {
        return used;
      }
      await Promise.race(trying.map((entrance) => entrance.tried));
    }
  }

  return {
    all,
    ranked,
    current,
    get used() {
      return used;
    },
    admit(entrance) {
      entrance.state = 'good';
      entrance.confirmed = true;
      delete entrance.failure;
    },
    fail(entrance, failure) {
      // Many calls can fail with it at once.
      entrance.failures += entrance.state === 'failed' ? 0 : 1;
      entrance.state = stateAfter(failure);
      // Of a node that was asked through it nothing is known then.
      entrance.failure = failure.layer === 'node' ? { ...failure, layer: 'endpoint' } : failure;
      entrance.confirmed = false;
    },
  };
}
