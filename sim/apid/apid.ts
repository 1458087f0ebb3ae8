import { isIP } from 'node:net';
import { machineCalled } from '../model/addresses.ts';
import { findNode } from '../model/state.ts';
import type { IncomingCall } from '../node/server.ts';
import { StatusError } from '../status.ts';
import { direct } from './direct.ts';
import { type ForwardDependencies, Forwarder } from './forward.ts';
import { errorAnswer, withHostname } from './merge.ts';
import { dialError } from './reach.ts';
import { mergeStreams } from './streams.ts';

export interface ApidDependencies extends ForwardDependencies {
  /** Milliseconds of the clock that every call takes on its way. */
  latency(): number;
}

/** The apid of a node: it answers calls or forwards them to other nodes. */
export class Apid {
  readonly #node: string;
  readonly #on: ApidDependencies;
  readonly #forwarder: Forwarder;

  constructor(node: string, dependencies: ApidDependencies) {
    this.#node = node;
    this.#on = dependencies;
    this.#forwarder = new Forwarder(node, dependencies);
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
      yield* this.#forwarder.run(self.name, call);
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
        yield* this.#forwarder.run(self.name, call);
        return;
      case 'one':
        yield* this.#forwarder.run(this.#resolve(route.target), call);
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
      for await (const answer of this.#forwarder.run(this.#resolve(target), call))
        yield withHostname(answer, target, streaming);
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      yield errorAnswer(error, target, streaming);
    }
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
