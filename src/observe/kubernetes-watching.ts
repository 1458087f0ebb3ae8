import type { KubernetesApi, KubernetesKind, Trouble } from '../kubernetes/model.ts';
import type { Clock } from './clock.ts';

/** Watches on the Kubernetes API. As those on nodes, they only wake. */
export interface KubernetesWatching extends Disposable {
  /** Opens what is wanted and not open yet, and closes what is no longer wanted. */
  follow(kinds: ReadonlySet<KubernetesKind>): void;
}

export interface KubernetesWatchDependencies extends Pick<Clock, 'sleep'> {
  /** Undefined as long as there is no way to it. */
  api(): KubernetesApi | undefined;
  /** Something that is judged has changed, or a watch has begun, and something may have been missed before. */
  onEvent(): void;
  /** Milliseconds that a watch may take until it stands. */
  readonly rpcTimeout: number;
  readonly signal: AbortSignal;
}

/** How long until a watch that has ended is opened again; one that lasts no longer is as good as broken. In milliseconds. */
const pauses = { first: 250, longest: 5000 };

/** What opening it again cannot mend: a user that may not watch, a server that does not know how. */
const final = new Set<Trouble['kind']>(['not-authorized', 'not-found']);

export function openKubernetesWatching(surroundings: KubernetesWatchDependencies): KubernetesWatching {
  const { api, onEvent, sleep, rpcTimeout, signal } = surroundings;
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
