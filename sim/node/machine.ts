import type { Socket } from 'node:net';
import { rolesOf } from '../api/roles.ts';
import type { Apid } from '../apid/apid.ts';
import type { Presence } from '../model/state.ts';
import type { Authorities } from '../pki/authorities.ts';
import { Listener, type ListenerMode } from './listener.ts';
import { secure } from './secure.ts';
import { NodeServer } from './server.ts';

export interface MachineOptions {
  readonly name: string;
  readonly address: string;
  readonly listen: { readonly host: string; readonly port: number };
  readonly authorities: Authorities;
  readonly paths: readonly string[];
  readonly apid: Apid;
}

/** The API port of one node: opens, closes, freezes and changes its certificate as the model says. */
export class Machine {
  readonly #options: MachineOptions;
  readonly #listener: Listener;
  readonly #servers: NodeServer[] = [];
  /** What new connections get to, by who answers; made when the first one comes. */
  readonly #doors = new Map<Presence, (raw: Socket) => void>();
  #presence: Presence = 'dead';

  constructor(options: MachineOptions) {
    this.#options = options;
    this.#listener = new Listener(options.listen.host, options.listen.port, (raw) => this.#door()(raw));
  }

  get port(): number {
    return this.#listener.port;
  }

  /** Resolves when the port is as the presence has it. */
  async show(presence: Presence): Promise<void> {
    if (presence === this.#presence) return;
    const stranger = isStranger(presence) !== isStranger(this.#presence);
    this.#presence = presence;
    // who changes its certificate was restarted: old connections are gone
    if (stranger) await this.#listener.set('closed');
    await this.#listener.set(listenerMode(presence));
  }

  async stop(): Promise<void> {
    for (const server of this.#servers) server.stop();
    await this.#listener.set('closed');
  }

  #door(): (raw: Socket) => void {
    const presence = isStranger(this.#presence) ? this.#presence : 'up';
    const known = this.#doors.get(presence);
    if (known !== undefined) return known;
    const door = this.#open(presence);
    this.#doors.set(presence, door);
    return door;
  }

  #open(presence: Presence): (raw: Socket) => void {
    const { name, address, authorities, paths, apid } = this.#options;
    const anybody = presence === 'maintenance';
    const server = new NodeServer(
      paths,
      (call) => apid.answer(call),
      (peer) => (anybody ? new Set(['os:reader']) : rolesOf(peer?.subject.O)),
    );
    this.#servers.push(server);
    const issuer = isStranger(presence) ? authorities.stranger : authorities.cluster;
    const now = () => issuer.now();
    const identity = issuer.server(name, [name, address, '127.0.0.1']);
    return secure({ identity, now, ...(anybody ? {} : { clientCa: issuer.certificate }) }, (socket) =>
      server.accept(socket),
    );
  }
}

function isStranger(presence: Presence): boolean {
  return presence === 'maintenance' || presence === 'other-ca';
}

function listenerMode(presence: Presence): ListenerMode {
  switch (presence) {
    case 'dead':
    case 'no-route':
      return 'closed';
    case 'black-hole':
    case 'frozen':
      return 'silent';
    case 'up':
    case 'machined-hung':
    case 'maintenance':
    case 'other-ca':
      return 'open';
  }
}
