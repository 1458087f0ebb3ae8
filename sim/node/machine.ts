import type { Socket } from 'node:net';
import { rolesOf } from '../api/roles.ts';
import type { Apid } from '../apid/apid.ts';
import type { Presence } from '../model/node-state.ts';
import type { Authorities } from '../pki/authorities.ts';
import type { Owner } from './front.ts';
import type { ListenerMode } from './listener.ts';
import { secure } from './secure.ts';
import { NodeServer } from './server.ts';

export interface MachineOptions {
  readonly name: string;
  /** What its certificate is good for besides its name. */
  readonly names: readonly string[];
  readonly authorities: Authorities;
  readonly paths: readonly string[];
  readonly apid: Apid;
}

/** The API of one node, wherever connections to it come in: its certificate is what the model says. */
export class Machine {
  readonly #options: MachineOptions;
  readonly #servers: NodeServer[] = [];
  /** What connections get to, by who answers; made when the first one comes. */
  readonly #doors = new Map<string, (raw: Socket) => void>();

  constructor(options: MachineOptions) {
    this.#options = options;
  }

  /**
   * The machine as it is now. Who changes its certificate was restarted: old connections are gone.
   *
   * @param left hours until its certificate expires; undefined if it is new
   */
  as(presence: Presence, left: number | undefined): Owner {
    const answering = isStranger(presence) ? presence : 'up';
    return {
      key: `${this.#options.name} ${answering} ${left}`,
      mode: listenerMode(presence),
      accept: (raw) => this.#door(answering, left)(raw),
    };
  }

  stop(): void {
    for (const server of this.#servers) server.stop();
  }

  #door(presence: Presence, left: number | undefined): (raw: Socket) => void {
    const key = `${presence} ${left}`;
    const known = this.#doors.get(key);
    if (known !== undefined) return known;
    const door = this.#open(presence, left);
    this.#doors.set(key, door);
    return door;
  }

  #open(presence: Presence, left: number | undefined): (raw: Socket) => void {
    const { name, names, authorities, paths, apid } = this.#options;
    const anybody = presence === 'maintenance';
    const server = new NodeServer(
      paths,
      (call) => apid.answer(call),
      (peer) => (anybody ? new Set(['os:reader']) : rolesOf(peer?.subject.O)),
    );
    this.#servers.push(server);
    const issuer = isStranger(presence) ? authorities.stranger : authorities.cluster;
    const now = () => issuer.now();
    const identity = issuer.server(name, [...new Set([name, ...names, '127.0.0.1'])], {
      ...(left !== undefined && { left }),
    });
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
