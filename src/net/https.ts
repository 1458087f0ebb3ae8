import { Agent, type AgentOptions, type RequestOptions } from 'node:https';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { ProxyServer } from './proxy.ts';
import { connectThrough } from './tunnel.ts';

/** An agent that tunnels each connection through a proxy before TLS. */
class ProxiedAgent extends Agent {
  readonly #proxy: ProxyServer;

  constructor(proxy: ProxyServer, options: AgentOptions) {
    super(options);
    this.#proxy = proxy;
  }

  override createConnection(
    options: RequestOptions,
    created?: (error: Error | null, stream: Duplex) => void,
  ): undefined {
    const target = { host: options.host ?? '', port: Number(options.port ?? 443) };
    const secure = (socket: Socket) => super.createConnection({ ...options, ...{ socket } }) ?? socket;
    connectThrough(this.#proxy, target).then(
      (socket) => created?.(null, secure(socket)),
      // The type requires a socket even with an error.
      (error: Error) => created?.(error, new Socket()),
    );
  }
}

/** An agent for `node:https` that connects through a proxy. */
export function connectionsThrough(proxy: ProxyServer, options: AgentOptions = {}): Agent {
  return new ProxiedAgent(proxy, options);
}
