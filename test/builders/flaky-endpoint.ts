import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** A port in front of endpoints, which fails as it is told while they go on. */
export interface FlakyEndpoint extends AsyncDisposable {
  /** `host:port`. */
  readonly endpoint: string;
  /** How many connections were made to it so far. */
  readonly connections: number;
  /** It takes connections and says nothing, on those that there are neither. */
  freeze(): void;
  /** It refuses connections, and those that there were are reset. */
  kill(): Promise<void>;
  /** Resets the connections that there are; new ones are welcome. */
  cut(): void;
  /** Another machine is in its place, and knows nothing of the connections that there were: they stay silent. */
  replace(): void;
  /** It is as it should be. */
  heal(): Promise<void>;
}

interface Pair {
  readonly near: Socket;
  readonly far: Socket;
}

/** @param endpoints `host:port`; the connections go to one after the other, as behind a load balancer */
export async function flakyEndpoint(...endpoints: readonly string[]): Promise<FlakyEndpoint> {
  const pairs = new Set<Pair>();
  let server: Server | undefined;
  let port = 0;
  let connections = 0;
  let frozen = false;

  function take(near: Socket): void {
    const [host = '', farPort = ''] = (endpoints[connections % endpoints.length] ?? '').split(':');
    connections += 1;
    const pair = { near, far: connect(Number(farPort), host) };
    pairs.add(pair);
    for (const [one, other] of [
      [pair.near, pair.far],
      [pair.far, pair.near],
    ] as const) {
      one.setNoDelay(true);
      one.on('error', () => one.destroy());
      one.on('close', () => {
        other.destroy();
        pairs.delete(pair);
      });
    }
    if (frozen) {
      near.pause();
    } else {
      join(pair);
    }
  }

  function join({ near, far }: Pair): void {
    near.pipe(far);
    far.pipe(near);
  }

  async function open(): Promise<void> {
    server = createServer(take).listen(port, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    port = address !== null && typeof address === 'object' ? address.port : port;
  }

  function cut(): void {
    for (const { near } of pairs) {
      near.resetAndDestroy();
    }
  }

  async function kill(): Promise<void> {
    const closing = server;
    server = undefined;
    cut();
    await new Promise<void>((resolve) => (closing === undefined ? resolve() : closing.close(() => resolve())));
  }

  await open();
  return {
    endpoint: `127.0.0.1:${port}`,
    get connections() {
      return connections;
    },
    freeze: () => {
      frozen = true;
      for (const { near, far } of pairs) {
        near.unpipe().pause();
        far.unpipe().pause();
      }
    },
    kill,
    cut,
    replace: () => {
      frozen = false;
    },
    heal: async () => {
      if (server === undefined) {
        await open();
      }
      if (frozen) {
        frozen = false;
        for (const pair of pairs) {
          join(pair);
        }
      }
    },
    [Symbol.asyncDispose]: kill,
  };
}
