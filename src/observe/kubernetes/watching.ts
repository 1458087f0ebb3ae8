import type { KubernetesApi, KubernetesKind, Trouble } from '../../kubernetes/model.ts';
import type { Clock } from '../clock.ts';

/** Watches on the Kubernetes API. Like those on nodes, they only trigger polls. */
export interface KubernetesWatching extends Disposable {
  /** Opens the missing watches and closes those that are no longer wanted. */
  follow(kinds: ReadonlySet<KubernetesKind>): void;
}

export interface KubernetesWatchDependencies extends Pick<Clock, 'sleep'> {
  /** Undefined until there is access to the API. */
  api(): KubernetesApi | undefined;
  /** Called if a watched object has changed, or if a watch has started and may have missed earlier changes. */
  onEvent(): void;
  /** Timeout for a watch to start, in milliseconds. */
  readonly rpcTimeout: number;
  readonly signal: AbortSignal;
}

/**
 * Backoff before a watch is reopened. A watch that lasts no longer than `longest` does not reset the backoff. In
 * milliseconds.
 */
const pauses = { first: 250, longest: 5000 };

/** Reopening does not help: the user is not allowed to watch, or the server does not support it. */
const final = new Set<Trouble['kind']>(['not-authorized', 'not-found']);

export function openKubernetesWatching({
  api,
  onEvent,
  sleep,
  rpcTimeout,
  signal,
}: KubernetesWatchDependencies): KubernetesWatching {
  const open = new Map<KubernetesKind, AbortController>();

  async function keep(kind: KubernetesKind, wanted: AbortSignal): Promise<void> {
    let wait = pauses.first;
    while (!wanted.aborted) {
      let since: number | undefined;
      const trouble = await api()?.watch(kind, { timeout: rpcTimeout, signal: wanted }, () => {
        since ??= performance.now();
        onEvent();
      });
      if (trouble !== undefined && final.has(trouble.kind)) {
        return;
      }
      wait = since !== undefined && performance.now() - since > pauses.longest ? pauses.first : wait;
      await sleep(wait, wanted);
      wait = Math.min(2 * wait, pauses.longest);
    }
  }

  function follow(kinds: ReadonlySet<KubernetesKind>): void {
    for (const [kind, controller] of open) {
      if (!kinds.has(kind)) {
        controller.abort();
        open.delete(kind);
      }
    }
    for (const kind of kinds) {
      if (!open.has(kind) && !signal.aborted) {
        const controller = new AbortController();
        open.set(kind, controller);
        void keep(kind, AbortSignal.any([signal, controller.signal]));
      }
    }
  }

  return { follow, [Symbol.dispose]: () => follow(new Set()) };
}
