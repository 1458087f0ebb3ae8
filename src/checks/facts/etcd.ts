import type { NodeSnapshot, Snapshot } from '../../observe/snapshot.ts';
import type { EtcdMember } from '../../talos/model/etcd.ts';
import type { Cause, Hint, Outcome } from '../check.ts';
import type { ClusterSubject } from '../define.ts';
import { here, hint, notKnown, onNodes, skip } from '../outcome.ts';
import { talosctl } from '../text.ts';
import { type MemberOwners, memberOwners } from './etcd-members.ts';
import { unmetServices } from './machine-status.ts';
import { perSnapshot } from './per-snapshot.ts';
import { isBroken } from './services.ts';

/** What the control planes together report about etcd. */
export interface EtcdFacts {
  readonly controlPlanes: readonly NodeSnapshot[];
  /** `absent` only if every control plane answered and none has a trace of etcd. */
  readonly presence: 'configured' | 'absent' | 'unknown';
  /** The member list that most control planes return, and their names; undefined if none answers. */
  readonly reference?: { readonly members: readonly EtcdMember[]; readonly from: readonly string[] };
  /** Which control plane runs which member of that list. */
  readonly owners: MemberOwners;
  /** Members of that list that no control plane runs. */
  readonly unownedMembers: readonly EtcdMember[];
  /** The control planes whose etcd follows the leader that most voting members follow. */
  readonly agreeing: readonly NodeSnapshot[];
  /** Id of that leader; undefined if two leaders have equally many followers. */
  readonly leader?: string;
  /** The number of voting members: by the member list, or without one the control planes that are not learners. */
  readonly voters: number;
}

export const etcdFacts = perSnapshot((snapshot: Snapshot): EtcdFacts => {
  const controlPlanes = snapshot.nodes.filter(({ node }) => node.role === 'controlplane');
  const reference = mostCommonList(controlPlanes);
  const voting = reference?.members.filter(({ isLearner }) => !isLearner);
  const majority = mostFollowed(controlPlanes, voting);
  const members = reference?.members ?? [];
  const owners = memberOwners(members, controlPlanes);
  return {
    controlPlanes,
    presence: presenceOf(controlPlanes),
    ...(reference === undefined ? {} : { reference }),
    owners,
    unownedMembers: members.filter(({ id }) => !owners.ofMember.has(id)),
    ...majority,
    voters: voting?.length ?? controlPlanes.filter((node) => !isLearner(node)).length,
  };
});

function presenceOf(controlPlanes: readonly NodeSnapshot[]): EtcdFacts['presence'] {
  if (controlPlanes.some(showsEtcd)) {
    return 'configured';
  }
  return controlPlanes.length > 0 && controlPlanes.every(({ services }) => services.ok) ? 'absent' : 'unknown';
}

function showsEtcd(node: NodeSnapshot): boolean {
  return (
    (node.services.ok && node.services.value.some(({ id }) => id === 'etcd')) ||
    (node.etcdMembers.ok && node.etcdMembers.value.length > 0) ||
    node.etcdStatus.ok ||
    unmetServices(node).some(({ words }) => words.includes('etcd'))
  );
}

function isLearner({ etcdStatus }: NodeSnapshot): boolean {
  return etcdStatus.ok && etcdStatus.value.isLearner;
}

/** Two lists are the same when they hold the same members by id, name and learner, in any order. */
export function listKey(members: readonly EtcdMember[]): string {
  return JSON.stringify(members.map(({ id, hostname, isLearner }) => [id, hostname, isLearner]).sort());
}

function mostCommonList(controlPlanes: readonly NodeSnapshot[]): EtcdFacts['reference'] {
  const lists = new Map<string, { members: readonly EtcdMember[]; from: string[] }>();
  for (const { node, etcdMembers } of controlPlanes) {
    if (etcdMembers.ok) {
      const key = listKey(etcdMembers.value);
      const list = lists.get(key) ?? { members: etcdMembers.value, from: [] };
      list.from.push(node.name);
      lists.set(key, list);
    }
  }
  // Of equally common lists, the one that matches the control planes best; then the first, for a stable result.
  return [...lists.values()].sort(
    (a, b) => b.from.length - a.from.length || fit(b.members, controlPlanes) - fit(a.members, controlPlanes),
  )[0];
}

/** The number of members that a control plane runs, minus the number of those that none runs. */
function fit(members: readonly EtcdMember[], controlPlanes: readonly NodeSnapshot[]): number {
  return 2 * memberOwners(members, controlPlanes).ofMember.size - members.length;
}

function mostFollowed(
  controlPlanes: readonly NodeSnapshot[],
  voting: readonly EtcdMember[] | undefined,
): Pick<EtcdFacts, 'agreeing' | 'leader'> {
  const followers = new Map<string, NodeSnapshot[]>();
  const counted = new Set<string>();
  for (const node of controlPlanes) {
    if (!node.etcdStatus.ok) {
      continue;
    }
    const { memberId, leader, isLearner } = node.etcdStatus.value;
    const votes = voting === undefined ? !isLearner : voting.some(({ id }) => id === memberId);
    if (votes && leader !== '' && !counted.has(memberId)) {
      counted.add(memberId);
      followers.set(leader, [...(followers.get(leader) ?? []), node]);
    }
  }
  const [first, second] = [...followers].sort(([, a], [, b]) => b.length - a.length);
  return first === undefined || first[1].length === second?.[1].length
    ? { agreeing: first?.[1] ?? [] }
    : { agreeing: first[1], leader: first[0] };
}

/** A control plane that can be queried about the whole of etcd; empty if none answers. */
export function answeringControlPlane({ controlPlanes }: EtcdFacts): readonly NodeSnapshot[] {
  return [
    controlPlanes.find(({ etcdMembers }) => etcdMembers.ok) ?? controlPlanes.find(({ version }) => version.ok),
  ].filter((node) => node !== undefined);
}

/** Possible causes of an etcd that does not answer on any control plane. */
export function etcdCauses({ controlPlanes }: EtcdFacts): readonly Cause[] {
  const asked = controlPlanes.filter(({ version }) => version.ok);
  return asked.length === 0
    ? [...here('topology'), ...onNodes(controlPlanes, 'api-reachable')]
    : [...here('etcd-quorum'), ...onNodes(asked, 'etcd-service', 'etcd-leader', 'boot-finished')];
}

/**
 * The outcome if there is no etcd, undefined if there is one. It is a skip only if every control plane answered: an
 * unreachable one might have an etcd.
 */
export function withoutEtcd({ snapshot }: ClusterSubject): Outcome | undefined {
  const { presence, controlPlanes } = etcdFacts(snapshot);
  switch (presence) {
    case 'configured':
      return undefined;
    case 'absent':
      return skip('etcd is not configured: no control plane has it');
    case 'unknown':
      return notKnown(
        'not known whether there is an etcd: not every control plane could be asked',
        hint('See to the control planes that do not answer first.'),
        [...here('topology'), ...onNodes(controlPlanes, 'api-reachable', 'services')],
      );
  }
}

/**
 * Whether the etcd of the node was removed from the members: its service runs (or is in a crash loop), it does not
 * answer, and the other control planes do not list it. An etcd that waits to join does not run yet.
 */
export function isRemoved(node: NodeSnapshot, { reference, owners }: EtcdFacts): boolean {
  const { services, etcdMembers, etcdStatus } = node;
  const service = services.ok ? services.value.find(({ id }) => id === 'etcd') : undefined;
  return (
    service !== undefined &&
    (service.state === 'Running' || isBroken(service, services.at)) &&
    !etcdMembers.ok &&
    !etcdStatus.ok &&
    reference !== undefined &&
    !owners.ofNode.has(node.node.name)
  );
}

/** For a node that answers while its etcd does not: the log of the node has nothing about it. */
export function etcdNoAnswerHint(node: NodeSnapshot): Hint {
  return hint(
    'The node answers, but its etcd does not. See whether it runs, and read its log: slow disks and a network that is cut (TCP port 2380) are the usual reasons.',
    talosctl(node, 'service etcd'),
    talosctl(node, 'logs etcd'),
  );
}
