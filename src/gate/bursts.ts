import type { Clock } from '../observe/clock.ts';
import type { ClusterNode } from '../observe/cluster.ts';
import type { WatchKind } from '../observe/facets.ts';

/** What was told of one after the other: which kinds, by the name of the node. */
export type Told = ReadonlyMap<string, ReadonlySet<WatchKind>>;

export interface Bursts {
  /** Takes what a watch tells. */
  tell(node: ClusterNode, kind: WatchKind): void;
}

export interface BurstDependencies extends Clock {
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
}

/** After so long an event is news, and not one of many. In milliseconds. */
const quiet = 1000;

/** Within so long the end of one fault is told by all nodes that it was on, in milliseconds. */
const gathering = 5;

/** Says whether it is new, and worth thinking about: an endless stream of events must cost next to nothing. */
function add(told: Map<string, Set<WatchKind>>, { name }: ClusterNode, kind: WatchKind): boolean {
  const kinds = told.get(name) ?? new Set();
  const isNew = !kinds.has(kind);
  told.set(name, kinds.add(kind));
  return isNew;
}

/**
 * Makes few looks of the many events that watches tell. A look at everything
 * is proposed once after a while of quiet, as soon as what was told since may be
 * worth it: what changes all the time must not cost one over and over.
 */
export function openBursts({ now, sleep, signal, lookedAtAll, isAll, onAll, onSome }: BurstDependencies): Bursts {
  let toldAt = Number.NEGATIVE_INFINITY;
  let burst: { readonly began: number; readonly told: Map<string, Set<WatchKind>> } | undefined;
  let gathered: Gathered | undefined;

  /** What was told since it was quiet, as long as nobody has looked at everything since then. */
  function sinceQuiet(): Map<string, Set<WatchKind>> | undefined {
    const looked = lookedAtAll();
    const quietSince = Math.max(toldAt, looked);
    toldAt = now();
    if (toldAt - quietSince >= quiet) {
      burst = { began: toldAt, told: new Map() };
    }
    return burst !== undefined && looked < burst.began ? burst.told : undefined;
  }

  /** Not at once: what ends on all nodes together is told of one after the other, and may be worth one look at all. */
  function gather(node: ClusterNode, kind: WatchKind): void {
    if (gathered === undefined) {
      gathered = { nodes: new Map(), members: false };
      void sleep(gathering, signal).then(flush);
    }
    if (kind === 'discovery') {
      gathered.members = true;
    } else {
      gathered.nodes.set(node.name, node);
    }
  }

  function flush(): void {
    const some = gathered;
    gathered = undefined;
    // A look at everything since then has seen it.
    if (some !== undefined && lookedAtAll() <= toldAt) {
      onSome([...some.nodes.values()], some.members);
    }
  }

  return {
    tell(node, kind) {
      const told = sinceQuiet();
      if (told !== undefined && add(told, node, kind) && isAll(told)) {
        gathered = undefined;
        onAll();
      } else {
        gather(node, kind);
      }
    },
  };
}
