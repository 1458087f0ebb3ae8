import { setTimeout as pause } from 'node:timers/promises';
import { watchResource } from '../talos/api.ts';
import { CallError, type Channel } from '../talos/call.ts';
import type { Connection } from '../talos/connection.ts';
import type { FailureKind } from '../talos/failure.ts';
import type { ClusterNode } from './cluster.ts';
import { type WatchKind, watchedType } from './facets.ts';

/** A node, and what to watch on it. */
export interface Target {
  readonly node: ClusterNode;
  readonly kinds: ReadonlySet<WatchKind>;
}

/** Watches on resources. They only wake: what a change means is for a fresh look to say. */
export interface Watching extends Disposable {
  /** Opens what is wanted and not open yet, and closes what is no longer wanted. */
  follow(targets: readonly Target[]): void;
  /** Where watches were wanted and none ever stood: what the first one that failed ended in. */
  readonly trouble: string | undefined;
}

export interface WatchDependencies {
  /** The connection to watch through; undefined while no endpoint is good. */
  channel(): Connection | undefined;
  /** Whether the endpoint of this connection is still good. */
  isHealthy(channel: Channel): boolean;
  /** Something of this kind has changed on the node, or the watch has begun or broken, and something may have been missed. */
  onEvent(node: ClusterNode, kind: WatchKind): void;
  readonly signal: AbortSignal;
}

/** How long until a broken watch is opened again; one that lasts no longer is as good as broken. In milliseconds. */
const pauses = { first: 250, longest: 5000 };

/** How long a watch may take to say that it stands, in milliseconds. */
const firstAnswer = 10_000;

/**
 * A server or proxy that allows a hundred streams makes gRPC queue the next
 * call in silence, and a thousand nodes need the interval anyhow.
 */
const mostWatches = 96;

/** A watch ends when it is no longer wanted, and one that lasts longer is opened again. In milliseconds; timers overflow at 24 days. */
const longest = 24 * 60 * 60 * 1000;

/** What opening it again cannot mend: a server that does not know how. An apid that has just started refuses everybody for a moment. */
const final = new Set<FailureKind>(['unsupported-type', 'unimplemented']);

interface Watch {
  readonly controller: AbortController;
  /** What it goes through at the moment. */
  through?: Connection | undefined;
}

export function openWatching({ channel, isHealthy, onEvent, signal }: WatchDependencies): Watching {
  const open = new Map<string, Watch>();
  let stood = false;
  let standing = 0;
  let trouble: string | undefined;

  /** One watch until it breaks or is no longer wanted. */
  async function once(node: ClusterNode, kind: WatchKind, through: Connection, wanted: AbortSignal): Promise<Ended> {
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), firstAnswer);
    let since: number | undefined;
    let failure: FailureKind | undefined;
    try {
      const options = { node: node.address, timeout: longest, signal: AbortSignal.any([wanted, late.signal]) };
      for await (const _ of watchResource(through, watchedType(kind), options)) {
        clearTimeout(timer);
        standing += since === undefined ? 1 : 0;
        since ??= performance.now();
        stood = true;
        onEvent(node, kind);
      }
    } catch (error) {
      if (error instanceof CallError && !wanted.aborted) {
        failure = error.failure.kind;
        trouble ??= late.signal.aborted ? 'no watch was answered' : error.failure.message;
      }
    } finally {
      clearTimeout(timer);
      standing -= since === undefined ? 0 : 1;
    }
    if (late.signal.aborted && standing === 0) {
      through.renew();
    }
    const lasted = since === undefined ? undefined : performance.now() - since;
    return { ...(lasted !== undefined && { lasted }), forGood: failure !== undefined && final.has(failure) };
  }

  async function keep(node: ClusterNode, kind: WatchKind, watch: Watch): Promise<void> {
    const wanted = watch.controller.signal;
    let wait = pauses.first;
    while (!wanted.aborted) {
      watch.through = channel();
      const { lasted, forGood } =
        watch.through === undefined ? unopened : await once(node, kind, watch.through, wanted);
      if (wanted.aborted || forGood) {
        return;
      }
      if (lasted !== undefined) {
        onEvent(node, kind);
      }
      wait = lasted !== undefined && lasted > pauses.longest ? pauses.first : wait;
      await pause(wait, undefined, { signal: wanted }).catch(() => undefined);
      wait = Math.min(2 * wait, pauses.longest);
    }
  }

  function follow(targets: readonly Target[]): void {
    const wanted = new Map(
      targets
        .flatMap(({ node, kinds }) => [...kinds].map((kind) => ({ node, kind })))
        .slice(0, mostWatches)
        .map((one) => [`${one.kind} ${one.node.address}`, one]),
    );
    for (const [key, { controller, through }] of open) {
      // An endpoint that is gone may have left its watches standing: they would be silent for good.
      if (!wanted.has(key) || (through !== undefined && !isHealthy(through))) {
        controller.abort();
        open.delete(key);
      }
    }
    for (const [key, { node, kind }] of wanted) {
      if (!open.has(key) && !signal.aborted) {
        const watch: Watch = { controller: new AbortController() };
        open.set(key, watch);
        void keep(node, kind, watch);
      }
    }
  }

  return {
    follow,
    get trouble() {
      return stood ? undefined : trouble;
    },
    [Symbol.dispose]: () => follow([]),
  };
}

/** How a watch ended: how long it stood, in milliseconds, if it ever did, and whether there is no use in opening it again. */
interface Ended {
  readonly lasted?: number;
  readonly forGood: boolean;
}

const unopened: Ended = { forGood: false };
