import type { NodeSnapshot } from '../../observe/snapshot.ts';
import type { EtcdFacts } from './etcd.ts';

/**
 * Entries of the raft log. Members are not asked in the same instant: between two answers a busy cluster writes some
 * hundred entries, and more the further apart they came.
 */
const allowed = { entries: 1000, perSecond: 1000 };

/** How many entries the member of a node is behind the others, if that is more than the time between their answers explains. */
export function lagOf({ etcdStatus }: NodeSnapshot, { controlPlanes }: EtcdFacts): number | undefined {
  if (!etcdStatus.ok || etcdStatus.value.raft === undefined) {
    return undefined;
  }
  const own = Math.min(etcdStatus.value.raft.index, etcdStatus.value.raft.applied);
  const behind = controlPlanes.map(({ etcdStatus: other }) => {
    const entries = (other.ok ? (other.value.raft?.index ?? 0) : 0) - own;
    const apart = Math.abs(other.at - etcdStatus.at) / 1000;
    return entries > allowed.entries + allowed.perSecond * apart ? entries : 0;
  });
  const most = Math.max(0, ...behind);
  return most === 0 ? undefined : most;
}
