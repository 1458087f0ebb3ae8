import { bootedAt } from './booted-at.ts';
import type { KubernetesSnapshot, NodeSnapshot, Snapshot } from './snapshot.ts';

/** The result of one observation. Parts that were not requested are absent. */
export interface Observed {
  readonly membership?: Pick<Snapshot, 'cluster' | 'discovery' | 'omni'>;
  readonly nodes?: readonly NodeSnapshot[];
  readonly kubernetes?: KubernetesSnapshot;
}

/** The snapshot with the boots that were seen before and its own. */
function withBoots(snapshot: NodeSnapshot, before: NodeSnapshot | undefined): NodeSnapshot {
  const { version } = snapshot;
  const since = bootedAt(snapshot);
  const boots = before?.boots ?? [];
  const isNew = version.ok && since !== undefined && boots.at(-1)?.since !== since;
  const all = isNew ? [...boots, { since, version: version.value.tag }] : boots;
  return all.length === 0 ? snapshot : { ...snapshot, boots: all };
}

/** The latest state of each node, of the members and of the Kubernetes API. */
export class Latest {
  /** Undefined until the members are known. */
  membership: Observed['membership'];
  kubernetes: KubernetesSnapshot;
  /** When the last observation ended, epoch milliseconds. */
  at = 0;
  readonly nodes = new Map<string, NodeSnapshot>();
  /** The node ids of machines, by the address at which they answered. */
  readonly nodeIds = new Map<string, string>();
  readonly #sequences = new Map<string, number>();

  constructor(kubernetes: KubernetesSnapshot) {
    this.kubernetes = kubernetes;
  }

  /**
   * Stores the parts of an observation. Observations overlap: of each part, the one that began last is kept.
   *
   * @param sequence the number of observations that had begun when this one began
   * @param at when it ended, epoch milliseconds
   */
  keep({ membership, nodes = [], kubernetes }: Observed, sequence: number, at: number): void {
    this.at = at;
    for (const snapshot of nodes) {
      const { node, version, identity } = snapshot;
      if (this.#isNewest(`node ${node.name}`, sequence)) {
        this.nodes.set(node.name, withBoots(snapshot, this.nodes.get(node.name)));
      }
      if (version.ok && identity.ok) {
        this.nodeIds.set(node.address, identity.value);
      }
    }
    if (kubernetes !== undefined && this.#isNewest('kubernetes', sequence)) {
      this.kubernetes = kubernetes;
    }
    if (membership !== undefined && this.#isNewest('membership', sequence)) {
      this.membership = membership;
    }
  }

  #isNewest(part: string, sequence: number): boolean {
    const known = this.#sequences.get(part) ?? 0;
    this.#sequences.set(part, Math.max(known, sequence));
    return sequence >= known;
  }
}
