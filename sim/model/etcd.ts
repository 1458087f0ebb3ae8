import type { NodeState } from './node-state.ts';
import { type ClusterState, controlPlanes, type EtcdMemberState, isAlive } from './state.ts';

/** The state of etcd as a whole, derived from its running voters. */
export interface EtcdView {
  readonly hasQuorum: boolean;
  /** Absent without quorum. */
  readonly leader?: EtcdMemberState;
  /** Changes of the leader count up the term. */
  readonly term: number;
  readonly bootstrapped: boolean;
}

export function etcdView(state: ClusterState): EtcdView {
  const voters = state.etcd.members.filter((member) => !member.learner);
  const answering = voters.filter((member) => isAnswering(state, member));
  // alone, each sees just itself
  const together = state.etcd.partitioned ? Math.min(1, answering.length) : answering.length;
  const quorum = Math.floor(voters.length / 2) + 1;
  const leader = answering[0];
  const bootstrapped = voters.length > 0;
  if (!bootstrapped || together < quorum || leader === undefined) {
    return { hasQuorum: false, term: 2, bootstrapped };
  }
  return { hasQuorum: true, leader, term: 2 + voters.indexOf(leader), bootstrapped };
}

/** Whether the local etcd serves its clients: what kube-apiserver and Talos's health check depend on. */
export function etcdServes(state: ClusterState, node: NodeState): boolean {
  return node.etcd.state === 'running' && !node.etcd.cutOff && etcdView(state).hasQuorum;
}

export function isLearner(state: ClusterState, node: NodeState): boolean {
  return state.etcd.members.some((member) => member.name === node.name && member.learner);
}

/** The list as this node has it. */
function membersSeenBy(state: ClusterState, node: NodeState): readonly EtcdMemberState[] {
  return state.etcd.members.filter((member) => !node.etcd.unseenMembers.includes(member.name));
}

/** The answer of one call to etcd on a control plane; `hang` until the caller's deadline. */
export type EtcdAnswer<T> =
  | { readonly kind: 'value'; readonly value: T }
  | {
      readonly kind: 'error';
      readonly code: 'UNKNOWN' | 'UNAVAILABLE' | 'UNIMPLEMENTED';
      readonly message: string;
      /** Milliseconds until then. */
      readonly after?: number;
    }
  | { readonly kind: 'hang' };

export interface EtcdStatusValue {
  readonly memberId: bigint;
  readonly leader: bigint;
  readonly term: number;
  readonly errors: readonly string[];
  readonly learner: boolean;
  readonly raftIndex: number;
  /** Bytes. */
  readonly size: number;
  readonly inUse: number;
  readonly version: string;
  readonly storageVersion: string;
}

/** Entries of the raft log of those that keep up. */
const raftIndex = 200_000;

/** `EtcdMemberList` asks any member that answers, and needs a leader. */
export function memberList(state: ClusterState, node: NodeState): EtcdAnswer<readonly EtcdMemberState[]> {
  if (node.role === 'worker') return unimplemented('member list');
  const { bootstrapped, hasQuorum } = etcdView(state);
  const somebodyThere = controlPlanes(state).some((peer) => isAlive(peer) && peer.etcd.state === 'running');
  if (!bootstrapped || !somebodyThere || node.etcd.state === 'removed') return { kind: 'hang' };
  if (node.etcd.cutOff) return { kind: 'error', code: 'UNKNOWN', message: 'etcdserver: no leader', after: 3000 };
  if (!hasQuorum) return { kind: 'error', code: 'UNKNOWN', message: 'etcdserver: no leader' };
  return { kind: 'value', value: membersSeenBy(state, node) };
}

/** `EtcdStatus` asks the local etcd, which answers without a leader too. */
export function memberStatus(state: ClusterState, node: NodeState): EtcdAnswer<EtcdStatusValue> {
  if (node.role === 'worker') return unimplemented('etcd status');
  const view = etcdView(state);
  if (node.etcd.state !== 'running' || !view.bootstrapped) return { kind: 'hang' };
  const hasLeader = view.hasQuorum && !node.etcd.cutOff;
  const own = state.etcd.members.find((member) => member.name === node.name);
  const believed = state.etcd.members.find((member) => member.name === node.etcd.believedLeader);
  const alarms = state.etcd.alarms.map(({ member, alarm }) => `memberID:${idOf(state, member)} alarm:${alarm} `);
  return {
    kind: 'value',
    value: {
      memberId: own?.id ?? 0n,
      leader: hasLeader ? ((believed ?? view.leader)?.id ?? 0n) : 0n,
      term: view.term,
      errors: hasLeader ? alarms : ['etcdserver: no leader', ...alarms],
      learner: own?.learner ?? false,
      raftIndex: raftIndex - node.etcd.behind,
      size: node.etcd.databaseMiB * 1024 ** 2,
      inUse: node.etcd.inUseMiB * 1024 ** 2,
      version: node.etcd.version,
      storageVersion: node.etcd.storageVersion,
    },
  };
}

/** `EtcdAlarmList` asks the local etcd, which must ask the others. */
export function alarmList(
  state: ClusterState,
  node: NodeState,
): EtcdAnswer<readonly { readonly memberId: bigint; readonly alarm: 'NOSPACE' | 'CORRUPT' }[]> {
  if (node.role === 'worker') return unimplemented('etcd alarm list');
  if (!etcdServes(state, node)) return { kind: 'hang' };
  if (isLearner(state, node)) {
    return { kind: 'error', code: 'UNAVAILABLE', message: 'etcdserver: rpc not supported for learner' };
  }
  const alarms = state.etcd.alarms.map(({ member, alarm }) => ({ memberId: idOf(state, member), alarm }));
  return { kind: 'value', value: alarms };
}

/** etcd tells which member an alarm is of; one that left is 0. */
function idOf(state: ClusterState, name: string): bigint {
  return state.etcd.members.find((member) => member.name === name)?.id ?? 0n;
}

function isAnswering(state: ClusterState, member: EtcdMemberState): boolean {
  const node = state.nodes.find((candidate) => candidate.name === member.name);
  return node !== undefined && isAlive(node) && node.etcd.state === 'running' && !node.etcd.cutOff;
}

function unimplemented(what: string): EtcdAnswer<never> {
  return { kind: 'error', code: 'UNIMPLEMENTED', message: `${what} is only available on control plane nodes` };
}
