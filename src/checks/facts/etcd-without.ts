import type { Snapshot } from '../../observe/snapshot.ts';
import type { EtcdMember, EtcdStatus } from '../../talos/model/etcd.ts';
import { listKey } from './etcd.ts';
import { isAlarm } from './etcd-alarms.ts';
import { memberOwners } from './etcd-members.ts';
import { namesOf } from './nodes.ts';
import { isControlPlane, type Objection, type Reboot } from './reboot.ts';

/** What remains of etcd without some nodes. */
export interface Remains {
  readonly objections: readonly Objection[];
  /** Members that vote and were seen to follow the leader, without those of the nodes. */
  readonly confirmed: number;
  /** All members that vote, those of the nodes included. */
  readonly voters: number;
}

/**
 * By how many entries of its log a member may be behind: the members are asked at slightly different times, while
 * Kubernetes writes a few hundred entries a second at most.
 */
const tolerated = 100;

/** Judges etcd by what the members of the other control planes say. Each of them has to be seen to vote and to have caught up. */
export function etcdWithout(snapshot: Snapshot, { named, others }: Reboot): Remains {
  const remaining = others.filter(isControlPlane);
  const lists = remaining.flatMap(({ etcdMembers }) => (etcdMembers.ok ? [etcdMembers.value] : []));
  const silent = remaining.filter(({ etcdMembers }) => !etcdMembers.ok);
  const [members] = lists;
  if (members === undefined) {
    const words =
      remaining.length === 0
        ? 'no other control plane remains, so etcd would lose its quorum'
        : 'cannot tell who is a member of etcd: no other control plane says so';
    return { objections: [{ words }], confirmed: 0, voters: 0 };
  }
  const voters = members.filter(({ isLearner }) => !isLearner);
  const { ofMember } = memberOwners(members, snapshot.nodes.filter(isControlPlane));
  const going = new Set(named.map(({ node }) => node.name));
  const staying = voters.filter(({ id }) => !going.has(ofMember.get(id)?.node.name ?? ''));
  const statusesOf = (some: readonly EtcdMember[]): readonly EtcdStatus[] =>
    some.flatMap(({ id }) => {
      const status = ofMember.get(id)?.etcdStatus;
      return status?.ok ? [status.value] : [];
    });
  const newest = Math.max(0, ...statusesOf(voters).map(({ raft }) => raft?.index ?? 0));
  const leader = commonLeader(statusesOf(staying));
  const objections = staying.flatMap((member): readonly Objection[] => {
    const node = ofMember.get(member.id);
    const status = node?.etcdStatus.ok ? node.etcdStatus.value : undefined;
    const words = node === undefined ? 'no known control plane runs it' : doubt(member, status, leader, newest);
    return words === undefined ? [] : [{ words: `etcd member ${nameOf(member)}: ${words}`, ...(node && { node }) }];
  });
  const confirmed = staying.length - objections.length;
  const needed = Math.floor(voters.length / 2) + 1;
  return {
    objections: [
      ...(confirmed < needed
        ? [
            {
              words: `without ${namesOf(named)}: ${confirmed} of ${voters.length} voting members of etcd remain, and quorum needs ${needed}`,
            },
          ]
        : []),
      ...objections,
      ...silent.map((node) => ({ words: `cannot tell whom ${node.node.name} has as members of etcd`, node })),
      ...(new Set(lists.map(listKey)).size > 1
        ? [{ words: 'cannot tell who is a member of etcd: the control planes disagree' }]
        : []),
    ],
    confirmed,
    voters: voters.length,
  };
}

const nameOf = ({ id, hostname }: EtcdMember): string => hostname || id;

/** The leader that all name; undefined if they name several, or none. */
function commonLeader(statuses: readonly EtcdStatus[]): string | undefined {
  const leaders = new Set(statuses.map(({ leader }) => leader).filter((leader) => leader !== ''));
  return leaders.size === 1 ? [...leaders][0] : undefined;
}

/** Why a member does not count as voting and up to date; undefined if it does. */
function doubt(
  { id }: EtcdMember,
  status: EtcdStatus | undefined,
  leader: string | undefined,
  newest: number,
): string | undefined {
  if (status === undefined) return 'it gives no answer';
  if (status.memberId !== id) return `its control plane runs the member ${status.memberId || 'without an id'}`;
  if (status.isLearner) return 'it is a learner';
  if (status.leader === '' || status.leader !== leader) return 'it does not follow the leader of the others';
  const errors = status.errors.filter((error) => !isAlarm(error));
  if (errors.length > 0) return `it reports ${errors.join('; ')}`;
  if (status.raft === undefined) return 'cannot tell whether it has caught up';
  const behind = newest - Math.min(status.raft.index, status.raft.applied);
  return behind > tolerated ? `it is catching up: ${behind} entries behind` : undefined;
}
