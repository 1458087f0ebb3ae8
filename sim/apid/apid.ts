import { isIP } from 'node:net';
import { authorize, notAuthorized } from '../api/roles.ts';
import { machineCalled } from '../model/addresses.ts';
import type { NodeState } from '../model/node-state.ts';
import { type ClusterState, findNode } from '../model/state.ts';
import type { Endpoint } from '../node/endpoint.ts';
import type { IncomingCall } from '../node/server.ts';
import { StatusError } from '../status.ts';
import type { World } from '../world.ts';
import type { CallCounter } from './counter.ts';
import { direct } from './direct.ts';
import { errorAnswer, withHostname } from './merge.ts';
import { dialError, reach, reachDelay } from './reach.ts';
import { linkedController, mergeStreams } from './streams.ts';

export interface ApidDependencies {
  readonly world: World;
  readonly endpoints: ReadonlyMap<string, Endpoint>;
  readonly counter: CallCounter;
  /** Milliseconds of the clock that every call takes on its way. */
  latency(): number;
}

/** The apid of a node: it answers calls or forwards them to other nodes. */
export class Apid {
  readonly #node: string;
  readonly #on: ApidDependencies;

  constructor(node: string, dependencies: ApidDependencies) {
    this.#node = node;
    this.#on = dependencies;
  }

  async *answer(call: IncomingCall): AsyncIterable<Uint8Array> {
    const { world } = this.#on;
    const self = world.node(this.#node);
    const latency = this.#on.latency() + self.latency;
    if (latency > 0) await world.sleep(latency, call.caller.signal);
    // a frozen machine does not even read what it is asked
    await world.until((state) => findNode(state, this.#node).presence !== 'frozen', call.caller.signal);
    if (call.caller.signal.aborted) return;
    if (self.presence === 'maintenance') {
      // without a configuration apid knows of no other node
      yield* this.#run(self.name, call);
      return;
    }
    const route = direct({
      node: values(call, 'node'),
      nodes: values(call, 'nodes'),
      path: call.path,
      forwards: self.role === 'controlplane',
      isLocal: (target) => machineCalled(world.state, target, self) === self,
    });
    switch (route.kind) {
      case 'local':
        yield* this.#run(self.name, call);
        return;
      case 'one':
        yield* this.#run(this.#resolve(route.target), call);
        return;
      case 'many':
        yield* this.#runMany(route.targets, call);
    }
  }

  async *#runMany(targets: readonly string[], call: IncomingCall): AsyncIterable<Uint8Array> {
    const streaming = this.#on.endpoints.get(call.path)?.streaming ?? false;
    const answers = mergeStreams(targets.map((target) => this.#runNamed(target, call, streaming)));
    if (streaming) {
      yield* answers;
      return;
    }
    const parts: Uint8Array[] = [];
    for await (const part of answers) parts.push(part);
    yield Buffer.concat(parts);
  }

  async *#runNamed(target: string, call: IncomingCall, streaming: boolean): AsyncIterable<Uint8Array> {
    try {
      for await (const answer of this.#run(this.#resolve(target), call)) yield withHostname(answer, target, streaming);
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      yield errorAnswer(error, target, streaming);
    }
  }

  /** A call on the node where it belongs, as long as somebody waits and the node is there. */
  async *#run(name: string, call: IncomingCall): AsyncIterable<Uint8Array> {
    const { world, endpoints, counter } = this.#on;
    const { signal, roles } = call.caller;
    counter.count(name, call.path);
    const endpoint = endpoints.get(call.path);
    if (endpoint === undefined) throw new StatusError('UNIMPLEMENTED', `unknown method ${call.path}`);
    await this.#connect(name, signal);
    if (signal.aborted) return;
    const { latency, apidStarting } = world.node(name);
    if (latency > 0 && name !== this.#node) await world.sleep(latency, signal);
    if (apidStarting) throw notAuthorized();
    authorize(call.path, roles);
    const link = linkedController(signal);
    const answers = endpoint.serve(name, { roles, signal: link.signal }, call.request)[Symbol.asyncIterator]();
    const gone = world.until((state) => !this.#isThere(state, name), link.signal).then(() => 'gone' as const);
    try {
      for (;;) {
        const next = await Promise.race([answers.next(), gone]);
        if (signal.aborted) return;
        if (next === 'gone') throw new StatusError('UNAVAILABLE', 'error reading from server: EOF');
        if (next.done === true) return;
        await this.#connect(name, signal);
        yield next.value;
      }
    } finally {
      link.end();
      void answers.return?.();
    }
  }

  /** Waits until the node answers; throws where the way there fails. */
  async #connect(name: string, signal: AbortSignal): Promise<void> {
    const { world } = this.#on;
    const failureOf = (state: ClusterState) => this.#failure(findNode(state, name));
    const first = failureOf(world.state);
    if (first === undefined) return;
    if (first === 'hang') await world.until((state) => failureOf(state) !== 'hang', signal);
    else await world.sleep(reachDelay(world.node(name)), signal);
    const failure = failureOf(world.state);
    if (failure instanceof StatusError && !signal.aborted) throw failure;
  }

  #isThere(state: ClusterState, name: string): boolean {
    return !(this.#failure(findNode(state, name)) instanceof StatusError);
  }

  /** The node itself needs no way to itself, but may hang all the same. */
  #failure(node: NodeState): StatusError | 'hang' | undefined {
    const failure = reach(node);
    const ownCa = node.presence === 'maintenance' || node.presence === 'other-ca';
    return node.name === this.#node && ownCa ? undefined : failure;
  }

  /** The node that answers to a name or at an address. */
  #resolve(target: string): string {
    const { world } = this.#on;
    const self = world.node(this.#node);
    const found = machineCalled(world.state, target, self);
    if (found !== undefined) return found.name;
    if (isIP(target) !== 0) throw dialError(target, 'connect: no route to host');
    throw new StatusError(
      'UNAVAILABLE',
      `dns: A record lookup error: lookup ${target} on ${self.address}:53: no such host`,
    );
  }
}

/** Node joins headers of one name with commas, which no address contains. */
function values(call: IncomingCall, key: string): readonly string[] {
  return call.metadata.get(key).flatMap((value) =>
    String(value)
      .split(',')
      .map((part) => part.trim()),
  );
}
