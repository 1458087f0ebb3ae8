import type { Clock } from '../observe/clock.ts';
import type { ClusterNode } from '../observe/cluster.ts';
import type { Observer } from '../observe/observer.ts';
import type { RoundLimits } from '../observe/request.ts';
import type { Snapshot } from '../observe/snapshot.ts';
import { hangBell } from './bell.ts';
import { openRefresher } from './refresher.ts';

/** Looks at the cluster that go on side by side; each tells when it has seen something. */
export interface Looks {
  /** Everything in one go. */
  atAll(): Promise<Snapshot>;
  /** Single nodes again, soon. */
  at(nodes: readonly ClusterNode[]): void;
  /** At nodes that hang, without a break: a look that is under way sees it when they do so no more. */
  keepAt(nodes: readonly ClusterNode[]): void;
  /** The Kubernetes API again, soon. */
  atKubernetes(): void;
  /** Who is in the cluster, soon. */
  atMembers(): void;
  /** Ends `news` as if a look had seen something. */
  wake(): void;
  /** Waits until a look has seen something, or until a time, epoch milliseconds; says whether one has. */
  news(until: number): Promise<boolean>;
  /** When everything was looked at last, epoch milliseconds. */
  readonly lookedAtAll: number;
  /** How long the slowest look at everything took, in milliseconds. */
  readonly slowest: number;
  /** The same without the calls that hung: so long after it began the last answer came. */
  readonly slowestAnswer: number;
}

export interface LookDependencies extends Clock {
  readonly observer: Observer;
}

/** When the last answer of a node came, epoch milliseconds. */
function lastAnswer({ nodes }: Snapshot): number {
  const answers = nodes.flatMap(({ version, services, staticPodStatuses }) =>
    [version, services, staticPodStatuses].filter(({ ok }) => ok),
  );
  return answers.reduce((latest, { at }) => Math.max(latest, at), 0);
}

/** @param bounds what bounds every look; its signal ends them all */
export function openLooks({ now, sleep, observer }: LookDependencies, bounds: RoundLimits): Looks {
  const bell = hangBell();
  const common = { now, sleep, onSeen: bell.ring, signal: bounds.signal };
  const nodeRefresher = openRefresher<ClusterNode>({
    ...common,
    look: (node, signal) => observer.node(node, { ...bounds, signal }),
  });
  /** For what is looked at in one go. */
  function refreshing(name: string, look: (limits: RoundLimits) => Promise<void>): () => void {
    const refresher = openRefresher({ ...common, look: (_, signal) => look({ ...bounds, signal }) });
    return () => refresher.refresh({ name });
  }
  let slowest = 0;
  let slowestAnswer = 0;
  let lookedAtAll = Number.NEGATIVE_INFINITY;
  return {
    async atAll() {
      const began = now();
      lookedAtAll = began;
      const snapshot = await observer.whole(bounds);
      const took = now() - began;
      slowest = Math.max(slowest, took);
      slowestAnswer = Math.max(slowestAnswer, Math.min(took, lastAnswer(snapshot) - began));
      return snapshot;
    },
    at(nodes) {
      for (const node of nodes) {
        nodeRefresher.refresh(node);
      }
    },
    keepAt(nodes) {
      for (const node of nodes) {
        nodeRefresher.keepLooking(node);
      }
    },
    atKubernetes: refreshing('kubernetes', observer.kubernetes),
    atMembers: refreshing('members', observer.members),
    wake: bell.ring,
    async news(until) {
      const over = new AbortController();
      const timer = sleep(Math.max(0, until - now()), AbortSignal.any([bounds.signal, over.signal]));
      await Promise.race([bell.rung, timer]);
      over.abort();
      return bell.takeNote();
    },
    get lookedAtAll() {
      return lookedAtAll;
    },
    get slowest() {
      return slowest;
    },
    get slowestAnswer() {
      return slowestAnswer;
    },
  };
}
