import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** A TCP proxy in front of endpoints, with failures on request. */
export interface FlakyEndpoint extends AsyncDisposable {
  /** `host:port`. */
  readonly endpoint: string;
  /** Connections accepted so far. */
  readonly connections: number;
  /** Accepts connections without an answer, and stops forwarding on existing ones. */
  freeze(): void;
  /** Refuses connections, and resets existing ones. */
  kill(): Promise<void>;
  /** Resets existing connections; new ones are accepted. */
  cut(): void;
  /** After `freeze`: forwards new connections, while existing ones stay silent, as if another machine had taken over. */
  replace(): void;
  /** Ends all failures. */
  heal(): Promise<void>;
}

interface Pair {
  readonly near: Socket;
  readonly far: Socket;
}

/** @param endpoints `host:port`; connections go to them in turn, as with a load balancer */
export async function flakyEndpoint(...endpoints: readonly string[]): Promise<FlakyEndpoint> {
  const pairs = new Set<Pair>();
  let server: Server | undefined;
  let port = 0;
  let connections = 0;
  let frozen = false;

  function accept(near: Socket): void {
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
    server = createServer(accept).listen(port, '127.0.0.1');
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
