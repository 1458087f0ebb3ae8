import type { Socket } from 'node:net';
import { Listener, type ListenerMode } from './listener.ts';

/** The server that owns the port, and how the port accepts connections. */
export interface Owner {
  /** Connections are not handed over to another owner. */
  readonly key: string;
  readonly mode: ListenerMode;
  accept(raw: Socket): void;
}

/** A port that can change its owner. */
export class Front {
  readonly #listener: Listener;
  #owner: Owner | undefined;

  constructor(listen: { readonly host: string; readonly port: number }) {
    this.#listener = new Listener(listen.host, listen.port, (raw) => this.#owner?.accept(raw));
  }

  get port(): number {
    return this.#listener.port;
  }

  /** Resolves when the change is complete; without an owner the port refuses connections. */
  async show(owner: Owner | undefined): Promise<void> {
    const before = this.#owner;
    this.#owner = owner;
    // every change of the model asks all ports, and there may be a thousand of them
    if (before?.key === owner?.key && before?.mode === owner?.mode) return;
    if (before !== undefined && before.key !== owner?.key) void this.#listener.set('closed');
    await this.#listener.set(owner?.mode ?? 'closed');
  }

  stop(): Promise<void> {
    return this.#listener.set('closed');
  }
}
