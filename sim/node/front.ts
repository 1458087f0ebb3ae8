import type { Socket } from 'node:net';
import { Listener, type ListenerMode } from './listener.ts';

/** Whose the port is at the moment, and how it takes connections. */
export interface Owner {
  /** Another owner has none of the connections of the one before. */
  readonly key: string;
  readonly mode: ListenerMode;
  accept(raw: Socket): void;
}

/** A port that may belong to one server now, and to another a moment later. */
export class Front {
  readonly #listener: Listener;
  #owner: Owner | undefined;

  constructor(listen: { readonly host: string; readonly port: number }) {
    this.#listener = new Listener(listen.host, listen.port, (raw) => this.#owner?.accept(raw));
  }

  get port(): number {
    return this.#listener.port;
  }

  /** Resolves when the port is so; without an owner it refuses. */
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
