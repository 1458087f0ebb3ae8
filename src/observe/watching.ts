import { setTimeout as pause } from 'node:timers/promises';
import { watchResource } from '../talos/api.ts';
import { CallError, type Wire } from '../talos/call.ts';
import {
  diagnostics,
  machineStatuses,
  nodeStatuses,
  type ResourceType,
  staticPodStatuses,
  staticPods,
  volumeStatuses,
} from '../talos/resources.ts';
import type { ClusterNode } from './cluster.ts';

/** Resources whose changes can end a finding. */
const watched = {
  'machine-status': machineStatuses,
  services: { namespace: 'runtime', type: 'Services.v1alpha1.talos.dev' },
  diagnostics,
  volumes: volumeStatuses,
  'node-status': nodeStatuses,
  'static-pods': staticPods,
  'static-pod-statuses': staticPodStatuses,
} as const satisfies Readonly<Record<string, Pick<ResourceType<unknown>, 'namespace' | 'type'>>>;

export type WatchKind = keyof typeof watched;

/** A node, and what to watch on it. */
export interface Target {
  readonly node: ClusterNode;
  readonly kinds: ReadonlySet<WatchKind>;
}

/** Watches on resources. They only wake: what a change means is for a fresh look to say. */
export interface Watching extends Disposable {
  /** Opens what is wanted and not open yet, and closes what is no longer wanted. */
  follow(targets: readonly Target[]): void;
  /** Why there are none: the reason of the first one that was refused for good. */
  readonly refused: string | undefined;
}

export interface WatchSurroundings {
  /** The connection to watch through; undefined while no endpoint is good. */
  wire(): Wire | undefined;
  /** Something on the node has changed, or the watch has begun or broken, and something may have been missed. */
  onEvent(node: ClusterNode): void;
  readonly signal: AbortSignal;
}

/** How long until a broken watch is opened again, in milliseconds. */
const pauses = { first: 250, longest: 5000 };

/**
 * A server or proxy that allows a hundred streams makes gRPC queue the next
 * call in silence, and a thousand nodes need the interval anyhow.
 */
const mostWatches = 96;

/** A watch ends when it is no longer wanted, and one that lasts longer is opened again. In milliseconds; timers overflow at 24 days. */
const longest = 24 * 60 * 60 * 1000;

/** What opening it again cannot mend: a role that may not watch, a server that does not know how. */
const final = new Set(['not-authorized', 'unsupported-type', 'unimplemented']);

export function openWatching({ wire, onEvent, signal }: WatchSurroundings): Watching {
  const open = new Map<string, AbortController>();
  let refused: string | undefined;

  async function watch(node: ClusterNode, kind: WatchKind, wanted: AbortSignal): Promise<void> {
    for (let wait = pauses.first; !wanted.aborted; wait = Math.min(2 * wait, pauses.longest)) {
      const through = wire();
      try {
        if (through !== undefined) {
          const options = { node: node.address, timeout: longest, signal: wanted };
          for await (const _ of watchResource(through, watched[kind], options)) {
            wait = pauses.first;
            onEvent(node);
          }
        }
      } catch (error) {
        if (error instanceof CallError && final.has(error.failure.kind)) {
          refused ??= error.failure.message;
          return;
        }
      }
      if (!wanted.aborted) {
        onEvent(node);
        await pause(wait, undefined, { signal: wanted }).catch(() => undefined);
      }
    }
  }

  function follow(targets: readonly Target[]): void {
    const wanted = new Map(
      targets
        .flatMap(({ node, kinds }) => [...kinds].map((kind) => ({ node, kind })))
        .slice(0, mostWatches)
        .map((one) => [`${one.kind} ${one.node.address}`, one]),
    );
    for (const [key, controller] of open) {
      if (!wanted.has(key)) {
        controller.abort();
        open.delete(key);
      }
    }
    for (const [key, { node, kind }] of wanted) {
      if (!open.has(key) && !signal.aborted) {
        const controller = new AbortController();
        open.set(key, controller);
        void watch(node, kind, controller.signal);
      }
    }
  }

  return {
    follow,
    get refused() {
      return refused;
    },
    [Symbol.dispose]: () => follow([]),
  };
}
