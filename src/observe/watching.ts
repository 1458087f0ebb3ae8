import { setTimeout as pause } from 'node:timers/promises';
import { CallError } from '../talos/call-error.ts';
import type { FailureKind } from '../talos/failure.ts';
import type { Channel } from '../talos/grpc/call.ts';
import type { Connection } from '../talos/grpc/connection.ts';
import { watchResource } from '../talos/resources/api.ts';
import { type WatchKind, watchedType } from './facets/table.ts';
import type { ClusterNode } from './members/cluster.ts';

/** A node and what to watch on it. */
export interface Target {
  readonly node: ClusterNode;
  /** At which it answers: not every address of a node can be called through Omni. */
  readonly address: string;
  readonly kinds: ReadonlySet<WatchKind>;
}

/** Watches on resources. They only trigger polls: a poll finds out what a change means. */
export interface Watching extends Disposable {
  /** Opens the missing watches and closes those that are no longer wanted. */
  follow(targets: readonly Target[]): void;
  /** The error of the first watch that failed, if watches were wanted and none ever started. */
  readonly trouble: string | undefined;
}

export interface WatchDependencies {
  /** The connection for watches; undefined if no endpoint is healthy. */
  channel(): Connection | undefined;
  /** Whether the endpoint of this connection is still healthy. */
  isHealthy(channel: Channel): boolean;
  /**
   * Called if a resource of this kind has changed on the node, or if the watch has started or broken and may have
   * missed a change.
   */
  onEvent(node: ClusterNode, kind: WatchKind): void;
  readonly signal: AbortSignal;
}

/**
 * Backoff before a watch is reopened. A watch that lasts no longer than `longest` does not reset the backoff. In
 * milliseconds.
 */
const pauses = { first: 250, longest: 5000 };

/** Timeout for a watch to start, in milliseconds. */
const firstAnswer = 10_000;

/**
 * If a server or proxy limits a connection to 100 streams, gRPC queues further calls silently. A thousand nodes have to
 * be polled anyway.
 */
const maxWatches = 96;

/** Timeout of a watch, in milliseconds; it is reopened afterwards. Timers overflow at 24 days. */
const longest = 24 * 60 * 60 * 1000;

/**
 * Reopening does not help: the server does not support it. "Not authorized" is not final: an apid that has just started
 * rejects everyone for a moment.
 */
const final = new Set<FailureKind>(['unsupported-type', 'unimplemented']);

/** One kind of a target. */
interface Wanted extends Omit<Target, 'kinds'> {
  readonly kind: WatchKind;
}

interface Watch {
  readonly controller: AbortController;
  /** The connection in use. */
  through?: Connection | undefined;
}

export function openWatching({ channel, isHealthy, onEvent, signal }: WatchDependencies): Watching {
  const open = new Map<string, Watch>();
  let hasStarted = false;
  let active = 0;
  let trouble: string | undefined;

  /** Runs one watch until it breaks or is no longer wanted. */
  async function once({ node, address, kind }: Wanted, through: Connection, wanted: AbortSignal): Promise<Ended> {
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), firstAnswer);
    let since: number | undefined;
    let failure: FailureKind | undefined;
    try {
      const options = { node: address, timeout: longest, signal: AbortSignal.any([wanted, late.signal]) };
      for await (const _ of watchResource(through, watchedType(kind), options)) {
        clearTimeout(timer);
        active += since === undefined ? 1 : 0;
        since ??= performance.now();
        hasStarted = true;
        onEvent(node, kind);
      }
    } catch (error) {
      if (error instanceof CallError && !wanted.aborted) {
        failure = error.failure.kind;
        trouble ??= late.signal.aborted ? 'no watch was answered' : error.failure.message;
      }
    } finally {
      clearTimeout(timer);
      active -= since === undefined ? 0 : 1;
    }
    if (late.signal.aborted && active === 0) {
      through.renew();
    }
    const lasted = since === undefined ? undefined : performance.now() - since;
    return { ...(lasted !== undefined && { lasted }), forGood: failure !== undefined && final.has(failure) };
  }

  async function keep(one: Wanted, watch: Watch): Promise<void> {
    const { node, kind } = one;
    const wanted = watch.controller.signal;
    let wait = pauses.first;
    while (!wanted.aborted) {
      watch.through = channel();
      const { lasted, forGood } = watch.through === undefined ? unopened : await once(one, watch.through, wanted);
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
        .flatMap(({ kinds, ...target }) => [...kinds].map((kind): Wanted => ({ ...target, kind })))
        .slice(0, maxWatches)
        .map((one) => [`${one.kind} ${one.address}`, one]),
    );
    for (const [key, { controller, through }] of open) {
      // Watches of a failed endpoint may stay open and silent forever.
      if (!wanted.has(key) || (through !== undefined && !isHealthy(through))) {
        controller.abort();
        open.delete(key);
      }
    }
    for (const [key, one] of wanted) {
      if (!open.has(key) && !signal.aborted) {
        const watch: Watch = { controller: new AbortController() };
        open.set(key, watch);
        void keep(one, watch);
      }
    }
  }

  return {
    follow,
    get trouble() {
      return hasStarted ? undefined : trouble;
    },
    [Symbol.dispose]: () => follow([]),
  };
}

/** How a watch ended: how long it lasted, in milliseconds, if it started at all, and whether reopening is pointless. */
interface Ended {
  readonly lasted?: number;
  readonly forGood: boolean;
}

const unopened: Ended = { forGood: false };
