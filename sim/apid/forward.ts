import { authorize, notAuthorized } from '../api/roles.ts';
import type { NodeState } from '../model/node-state.ts';
import { type ClusterState, findNode } from '../model/state.ts';
import type { Endpoint } from '../node/endpoint.ts';
import type { IncomingCall } from '../node/server.ts';
import { StatusError } from '../status.ts';
import type { World } from '../world.ts';
import type { CallCounter } from './counter.ts';
import { reach, reachDelay } from './reach.ts';
import { linkedController } from './streams.ts';

export interface ForwardDependencies {
  readonly world: World;
  readonly endpoints: ReadonlyMap<string, Endpoint>;
  readonly counter: CallCounter;
}

/** Runs calls on nodes for whoever took them: a node's apid, or Omni, which is none of the nodes. */
export class Forwarder {
  readonly #from: string | undefined;
  readonly #on: ForwardDependencies;

  constructor(from: string | undefined, dependencies: ForwardDependencies) {
    this.#from = from;
    this.#on = dependencies;
  }

  /** A call on the node where it belongs, as long as somebody waits and the node is there. */
  async *run(name: string, call: IncomingCall): AsyncIterable<Uint8Array> {
    const { world, endpoints, counter } = this.#on;
    const { signal, roles } = call.caller;
    counter.count(name, call.path);
    const endpoint = endpoints.get(call.path);
    if (endpoint === undefined) throw new StatusError('UNIMPLEMENTED', `unknown method ${call.path}`);
    await this.connect(name, signal);
    if (signal.aborted) return;
    const { latency, apidStarting } = world.node(name);
    if (latency > 0 && name !== this.#from) await world.sleep(latency, signal);
    if (apidStarting) throw notAuthorized();
    authorize(call.path, roles);
    const link = linkedController(signal);
    const answers = endpoint.serve(name, { roles, signal: link.signal }, call.request)[Symbol.asyncIterator]();
    const gone = world.until((state) => !this.isThere(state, name), link.signal).then(() => 'gone' as const);
    try {
      for (;;) {
        const next = await Promise.race([answers.next(), gone]);
        if (signal.aborted) return;
        if (next === 'gone') throw new StatusError('UNAVAILABLE', 'error reading from server: EOF');
        if (next.done === true) return;
        await this.connect(name, signal);
        yield next.value;
      }
    } finally {
      link.end();
      void answers.return?.();
    }
  }

  /** Waits until the node answers; throws where the way there fails. */
  async connect(name: string, signal: AbortSignal): Promise<void> {
    const { world } = this.#on;
    const failureOf = (state: ClusterState) => this.#failure(findNode(state, name));
    const first = failureOf(world.state);
    if (first === undefined) return;
    if (first === 'hang') await world.until((state) => failureOf(state) !== 'hang', signal);
    else await world.sleep(reachDelay(world.node(name)), signal);
    const failure = failureOf(world.state);
    if (failure instanceof StatusError && !signal.aborted) throw failure;
  }

  /** Whether there is a connection to the node, if also one from which nothing comes. */
  isThere(state: ClusterState, name: string): boolean {
    return !(this.#failure(findNode(state, name)) instanceof StatusError);
  }

  /** The node itself needs no way to itself, but may hang all the same. */
  #failure(node: NodeState): StatusError | 'hang' | undefined {
    const failure = reach(node);
    const ownCa = node.presence === 'maintenance' || node.presence === 'other-ca';
    return node.name === this.#from && ownCa ? undefined : failure;
  }
}
