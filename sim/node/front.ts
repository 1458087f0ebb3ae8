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
    const changed = this.#owner !== undefined && this.#owner.key !== owner?.key;
    this.#owner = owner;
    if (changed) void this.#listener.set('closed');
    await this.#listener.set(owner?.mode ?? 'closed');
  }

  stop(): Promise<void> {
    return this.#listener.set('closed');
  }
}
