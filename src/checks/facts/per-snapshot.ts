import type { Snapshot } from '../../observe/snapshot.ts';

/**
 * Computes a fact about the whole cluster once per snapshot. The checks of every node use it: without this, a snapshot
 * of 1,000 nodes would visit 1,000,000.
 */
export function perSnapshot<T extends object>(compute: (snapshot: Snapshot) => T): (snapshot: Snapshot) => T {
  const known = new WeakMap<Snapshot, T>();
  return (snapshot) => {
    const before = known.get(snapshot);
    if (before !== undefined) {
      return before;
    }
    const value = compute(snapshot);
    known.set(snapshot, value);
    return value;
  };
}
