import type { ClusterNode } from '../observe/cluster.ts';

/** Looks at single nodes again while others are waited for. */
export interface Refresher {
  /** Looks at the node soon. A look that is under way and hangs is given up for the new one. */
  refresh(node: ClusterNode): void;
}

interface Look {
  readonly controller: AbortController;
  readonly began: number;
  again: boolean;
}

export interface RefresherSurroundings {
  now(): number;
  /** Never rejects. */
  look(node: ClusterNode, signal: AbortSignal): Promise<void>;
  onSeen(): void;
  readonly signal: AbortSignal;
}

/** A look that takes longer hangs on something; a burst of events that is shorter makes one look. In milliseconds. */
const patience = 250;

export function openRefresher({ now, look, onSeen, signal }: RefresherSurroundings): Refresher {
  const looks = new Map<string, Look>();

  async function run(node: ClusterNode): Promise<void> {
    const mine: Look = { controller: new AbortController(), began: now(), again: false };
    looks.set(node.name, mine);
    await look(node, AbortSignal.any([signal, mine.controller.signal]));
    if (looks.get(node.name) !== mine) {
      return;
    }
    looks.delete(node.name);
    onSeen();
    if (mine.again && !signal.aborted) {
      void run(node);
    }
  }

  return {
    refresh(node) {
      const underWay = looks.get(node.name);
      if (signal.aborted) {
        return;
      }
      if (underWay === undefined) {
        void run(node);
      } else if (now() - underWay.began < patience) {
        underWay.again = true;
      } else {
        void run(node);
        underWay.controller.abort();
      }
    },
  };
}
