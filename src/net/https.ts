import { Agent, type AgentOptions, type RequestOptions } from 'node:https';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { ProxyServer } from './proxy.ts';
import { connectThrough } from './tunnel.ts';

/** Has a proxy lead each connection on before it is secured. */
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
    // Node secures the connection that it is given.
    const secure = (socket: Socket) => super.createConnection({ ...options, ...{ socket } }) ?? socket;
    connectThrough(this.#proxy, target).then(
      (socket) => created?.(null, secure(socket)),
      // Nobody looks at the socket then, but there has to be one.
      (error: Error) => created?.(error, new Socket()),
    );
  }
}

/** Where `node:https` gets connections that a proxy leads on. */
export function connectionsThrough(proxy: ProxyServer, options: AgentOptions = {}): Agent {
  return new ProxiedAgent(proxy, options);
}
