import type { EtcdMemberStatus } from '../gen/machine/machine_pb.ts';
import type { EtcdStatus } from './model/etcd.ts';

/** An id as etcd prints it, or `''`: no member has id 0. */
export const hex = (id: bigint): string => (id === 0n ? '' : id.toString(16));

export function etcdStatusOf(status: EtcdMemberStatus): EtcdStatus {
  const { memberId, leader, errors, isLearner, protocolVersion: version, storageVersion } = status;
  const { dbSize, dbSizeInUse, raftIndex, raftAppliedIndex } = status;
  return {
    memberId: hex(memberId),
    leader: hex(leader),
    errors,
    isLearner,
    ...(dbSize > 0n && { database: { size: Number(dbSize), inUse: Number(dbSizeInUse) } }),
    ...(raftIndex > 0n && { raft: { index: Number(raftIndex), applied: Number(raftAppliedIndex) } }),
    ...(version !== '' && { version }),
    ...(storageVersion !== '' && { storageVersion }),
  };
}
