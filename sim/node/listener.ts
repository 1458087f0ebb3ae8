import { createServer, type Server, type Socket } from 'node:net';
import { openUnanswered, type Unanswered } from './unanswered.ts';

/** `silent`: connections are accepted and never answered. `unanswered`: nothing comes back, not even a refusal. */
export type ListenerMode = 'open' | 'silent' | 'unanswered' | 'closed';

/** A TCP port that can be closed and reopened while its server keeps running. */
export class Listener {
  readonly #host: string;
  readonly #accept: (socket: Socket) => void;
  readonly #sockets = new Set<Socket>();
  /** Connections accepted while silent; they are served when the machine recovers. */
  readonly #waiting = new Set<Socket>();
  #port: number;
  #server: Server | undefined;
  #unanswered: Unanswered | undefined;
  #mode: ListenerMode = 'closed';
  #settled: Promise<void> = Promise.resolve();

  /** `port` 0 means any; it stays the same once it was opened. */
  constructor(host: string, port: number, accept: (socket: Socket) => void) {
    this.#host = host;
    this.#port = port;
    this.#accept = accept;
  }

  get port(): number {
    return this.#port;
  }

  /** Resolves when the port is so. Transitions follow each other in the order in which they were asked for. */
  set(mode: ListenerMode): Promise<void> {
    this.#settled = this.#settled.catch(() => undefined).then(() => this.#apply(mode));
    return this.#settled;
  }

  async #apply(mode: ListenerMode): Promise<void> {
    if (mode === this.#mode) return;
    this.#mode = mode;
    await this.#unanswered?.end();
    this.#unanswered = undefined;
    if (mode === 'open' || mode === 'silent') {
      if (this.#server === undefined) await this.#open();
      if (mode === 'open') this.#serveWaiting();
      return;
    }
    await this.#close();
    if (mode === 'closed') return;
    this.#unanswered = await openUnanswered(this.#host, this.#port);
    this.#port = this.#unanswered.port;
  }

  async #close(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => (server === undefined ? resolve() : server.close(() => resolve())));
  }

  async #open(): Promise<void> {
    const server = createServer((socket) => this.#take(socket));
    this.#server = server;
    await new Promise<void>((resolve, reject) => {
      server.once('error', (error) => reject(this.#failure(error)));
      server.listen({ host: this.#host, port: this.#port, exclusive: true }, () => resolve());
    });
    const address = server.address();
    if (address !== null && typeof address === 'object') this.#port = address.port;
  }

  #take(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once('close', () => {
      this.#sockets.delete(socket);
      this.#waiting.delete(socket);
    });
    // a client that disconnects must not crash the process
    socket.on('error', () => socket.destroy());
    socket.setNoDelay(true);
    if (this.#mode === 'open') this.#accept(socket);
    else this.#waiting.add(socket);
  }

  #failure(error: Error): Error {
    const port = `${this.#host}:${this.#port}`;
    const remedy = 'stop what listens there, or choose another port or network for the simulated cluster';
    return new Error(`a simulated node cannot listen on ${port} (${error.message}): ${remedy}`, { cause: error });
  }

  #serveWaiting(): void {
    for (const socket of this.#waiting) this.#accept(socket);
    this.#waiting.clear();
  }
}
