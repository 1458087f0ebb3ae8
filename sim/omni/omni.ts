import { Metadata } from '@grpc/grpc-js';
import { dump } from 'js-yaml';
import type { Apid } from '../apid/apid.ts';
import { type ForwardDependencies, Forwarder } from '../apid/forward.ts';
import { dialError } from '../apid/reach.ts';
import { controlPlanes } from '../model/state.ts';
import type { Endpoint } from '../node/endpoint.ts';
import { Listener } from '../node/listener.ts';
import { secure } from '../node/secure.ts';
import { type IncomingCall, NodeServer } from '../node/server.ts';
import { Authority } from '../pki/authority.ts';
import { StatusError } from '../status.ts';
import { type AccountOptions, Accounts, type ServiceAccount } from './accounts.ts';
import { authenticate, type SignedCall } from './authenticate.ts';
import { insufficientRole, omniState } from './own-api.ts';
import { isForTalos, type OmniRoute, route } from './route.ts';

export interface OmniDependencies extends ForwardDependencies {
  /** Milliseconds of the clock that every call takes on its way. */
  latency(): number;
  apidOf(name: string): Apid;
}

const host = '127.0.0.1';

/**
 * Sidero Omni in front of the cluster. It reaches each machine by a tunnel of
 * its own, so that no node has to forward. Callers have no certificates: they
 * sign each call with the key of a service account.
 */
export class Omni {
  /** Milliseconds that its clock is ahead of the cluster's. */
  clockSkew = 0;
  readonly #on: OmniDependencies;
  readonly #forwarder: Forwarder;
  readonly #own: ReadonlyMap<string, Endpoint>;
  readonly #authority: Authority;
  readonly #accounts: Accounts;
  readonly #server: NodeServer;
  readonly #listener: Listener;
  /** Counts the calls without a node: control planes answer them in turns. */
  #turn = 0;

  constructor(dependencies: OmniDependencies) {
    const { world, endpoints } = dependencies;
    this.#on = dependencies;
    this.#forwarder = new Forwarder(undefined, dependencies);
    this.#own = new Map(omniState(world).map((endpoint) => [endpoint.path, endpoint]));
    this.#authority = new Authority('omni', () => world.clock.now());
    this.#accounts = new Accounts(() => this.#seconds());
    this.#server = new NodeServer(
      [...new Set([...endpoints.keys(), ...this.#own.keys()])],
      (call) => this.#answer(call),
      () => new Set(),
      () => this.#now(),
    );
    const identity = this.#authority.server('omni', [host, 'localhost']);
    const accept = secure({ identity, now: () => this.#now() }, (socket) => this.#server.accept(socket));
    this.#listener = new Listener(host, 0, accept);
  }

  /** `https://host:port`. */
  get endpoint(): string {
    return `https://${host}:${this.#listener.port}`;
  }

  /** PEM of the authority that issued the server's certificate. No system trusts it. */
  get ca(): string {
    return this.#authority.certificate;
  }

  /** A service account. By default a reader with a valid key. */
  createAccount(name: string, options: AccountOptions = {}): ServiceAccount {
    return this.#accounts.create(name, options);
  }

  /** The text of a talosconfig as Omni's users get it, which holds no secret. `ca`: with the authority. */
  talosconfig({ ca = true }: { readonly ca?: boolean } = {}): string {
    const cluster = this.#on.world.state.scenario.clusterName;
    const context = {
      endpoints: [this.endpoint],
      auth: { siderov1: { identity: 'somebody@example.com' } },
      cluster,
      ...(ca && { ca: Buffer.from(this.ca).toString('base64') }),
    };
    return dump({ context: cluster, contexts: { [cluster]: context } }, { indent: 4, lineWidth: -1 });
  }

  /** Opens or closes its port; resolves when that is done. */
  async set(mode: 'open' | 'silent' | 'closed'): Promise<void> {
    await this.#listener.set(mode);
  }

  async stop(): Promise<void> {
    this.#server.stop();
    await this.#listener.set('closed');
  }

  async *#answer(call: IncomingCall): AsyncIterable<Uint8Array> {
    const { world } = this.#on;
    const latency = this.#on.latency();
    if (latency > 0) await world.sleep(latency, call.caller.signal);
    const signed: SignedCall = { path: call.path, header: (name) => headerOf(call.metadata, name) };
    if (!isForTalos(signed)) {
      yield* this.#answerItself(call, signed);
      return;
    }
    const target = route(world.state, signed);
    const role = authenticate(signed, this.#accounts, this.#seconds());
    if (role === 'None') throw insufficientRole(role);
    const roles = new Set([role === 'Reader' ? 'os:reader' : 'os:operator']);
    yield* this.#forward(target, { ...call, caller: { ...call.caller, roles } });
  }

  async *#answerItself(call: IncomingCall, signed: SignedCall): AsyncIterable<Uint8Array> {
    const role = authenticate(signed, this.#accounts, this.#seconds());
    const endpoint = this.#own.get(call.path);
    if (endpoint === undefined) throw new StatusError('UNIMPLEMENTED', `unknown method ${call.path}`);
    yield* endpoint.serve('', { ...call.caller, roles: new Set([role]) }, call.request);
  }

  async *#forward(target: OmniRoute, call: IncomingCall): AsyncIterable<Uint8Array> {
    if (target.kind === 'node') {
      yield* this.#forwarder.run(target.name, call);
      return;
    }
    const name = this.#nextControlPlane();
    if (target.nodes.length === 0) {
      yield* this.#forwarder.run(name, call);
      return;
    }
    await this.#forwarder.connect(name, call.caller.signal);
    const metadata = new Metadata();
    for (const node of target.nodes) metadata.add('nodes', node);
    yield* this.#on.apidOf(name).answer({ ...call, metadata });
  }

  /** One to which there is a connection, in turns. */
  #nextControlPlane(): string {
    const { state } = this.#on.world;
    const planes = controlPlanes(state);
    const connected = planes.filter(({ name }) => this.#forwarder.isThere(state, name));
    this.#turn += 1;
    const next = connected[this.#turn % connected.length];
    if (next === undefined) throw dialError(planes[0]?.address ?? '', 'connect: connection refused');
    return next.name;
  }

  #now(): number {
    return this.#on.world.clock.now() + this.clockSkew;
  }

  #seconds(): number {
    return Math.floor(this.#now() / 1000);
  }
}

function headerOf(metadata: Metadata, name: string): string | undefined {
  const values = metadata.get(name);
  return values.length === 0 ? undefined : values.join(', ');
}
