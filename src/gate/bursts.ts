import type { ClusterNode } from '../observe/cluster.ts';
import type { WatchKind } from '../observe/watching.ts';

/** What was told of one after the other: which kinds, by the name of the node. */
export type Told = ReadonlyMap<string, ReadonlySet<WatchKind>>;

export interface Bursts {
  /** Takes what a watch tells. */
  tell(node: ClusterNode, kind: WatchKind): void;
}

export interface BurstSurroundings {
  now(): number;
  /** Resolves after so many milliseconds, or at once when the signal aborts; never rejects. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
  readonly signal: AbortSignal;
  /** When everything was looked at last, epoch milliseconds. */
  lookedAtAll(): number;
  /** Whether this is worth a look at everything. */
  isAll(told: Told): boolean;
  onAll(): void;
  /** What else has changed: these nodes, or who is in the cluster. */
  onSome(nodes: readonly ClusterNode[], members: boolean): void;
}

interface Gathered {
  readonly nodes: Map<string, ClusterNode>;
  members: boolean;
  /** When the last of it was told, epoch milliseconds. */
  at: number;
}

/** After so long an event is news, and not one of many. In milliseconds. */
const quiet = 1000;

/** Within so long the end of one fault is told by all nodes that it was on, in milliseconds. */
const gathering = 5;

/**
 * Makes few looks of the many events that watches tell. A look at everything
 * is proposed once after a while of quiet, as soon as what was told since may be
 * worth it: what changes all the time must not cost one over and over.
 */
export function openBursts({ now, sleep, signal, lookedAtAll, isAll, onAll, onSome }: BurstSurroundings): Bursts {
  let toldAt = Number.NEGATIVE_INFINITY;
  let burst: { readonly began: number; readonly told: Map<string, Set<WatchKind>> } | undefined;
  let gathered: Gathered | undefined;

  /** Whether that is worth thinking about: an endless stream of events must cost next to nothing. */
  function isNew({ name }: ClusterNode, kind: WatchKind): boolean {
    const quietSince = Math.max(toldAt, lookedAtAll());
    toldAt = now();
    if (toldAt - quietSince >= quiet) {
      burst = { began: toldAt, told: new Map() };
    } else if (burst !== undefined && lookedAtAll() >= burst.began) {
      burst = undefined;
    }
    const kinds = burst?.told.get(name) ?? new Set();
    const isKnown = burst === undefined || kinds.has(kind);
    burst?.told.set(name, kinds.add(kind));
    return !isKnown;
  }

  /** Not at once: what ends on all nodes together is told of one after the other, and may be worth one look at all. */
  async function gather(node: ClusterNode, kind: WatchKind): Promise<void> {
    const isFirst = gathered === undefined;
    gathered ??= { nodes: new Map(), members: false, at: now() };
    gathered.at = now();
    if (kind === 'members') {
      gathered.members = true;
    } else {
      gathered.nodes.set(node.name, node);
    }
    if (isFirst) {
      await sleep(gathering, signal);
      flush();
    }
  }

  function flush(): void {
    const some = gathered;
    gathered = undefined;
    // A look at everything since then has seen it.
    if (some !== undefined && lookedAtAll() <= some.at) {
      onSome([...some.nodes.values()], some.members);
    }
  }

  return {
    tell(node, kind) {
      if (isNew(node, kind) && burst !== undefined && isAll(burst.told)) {
        gathered = undefined;
        onAll();
      } else {
        void gather(node, kind);
      }
    },
  };
}
