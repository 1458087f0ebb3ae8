import type { NodeSnapshot } from '../../observe/snapshot.ts';
import type { EtcdMember } from '../../talos/model/etcd.ts';
import type { Hint } from '../check.ts';
import { nodeCheck } from '../define.ts';
import { type EtcdFacts, etcdFacts, etcdNoAnswerHint, isRemoved, listKey, withoutEtcd } from '../facts/etcd.ts';
import { isLearner } from '../facts/etcd-members.ts';
import { stageCauses } from '../facts/machine-status.ts';
import { here, hint, pass, pending } from '../outcome.ts';
import { count, talosctl } from '../text.ts';

/** For a removed member, which cannot rejoin with its old data. */
function resetHint(node: NodeSnapshot): Hint {
  return hint(
    'If it was removed on purpose, take the machine out of the cluster. Else reset it, which deletes what it has under /var, and it joins anew: see first that the other members have quorum.',
    talosctl(node, 'service etcd'),
    talosctl(node, 'reset --system-labels-to-wipe=EPHEMERAL --graceful=false --reboot'),
  );
}

function notAmong(members: readonly EtcdMember[]): string {
  return `it is not among the members of etcd: ${names(members)}`;
}

/** Whether the control plane is missing from the members, or has another id than its own etcd reports. */
function absence(node: NodeSnapshot, { reference, owners }: EtcdFacts): string | undefined {
  const { members } = reference ?? { members: [] };
  const status = node.etcdStatus;
  if (status.ok && status.value.memberId !== '' && !members.some(({ id }) => id === status.value.memberId)) {
    return `its etcd is member ${status.value.memberId}, which the list of members does not have: ${names(members)}`;
  }
  return owners.ofNode.get(node.node.name) === undefined ? notAmong(members) : undefined;
}

function difference(own: readonly EtcdMember[], reference: readonly EtcdMember[]): string {
  const lacks = reference.filter(({ id }) => !own.some((member) => member.id === id));
  const adds = own.filter(({ id }) => !reference.some((member) => member.id === id));
  const differs = own.filter((member) =>
    reference.some(
      ({ id, hostname, isLearner }) =>
        member.id === id && (member.hostname !== hostname || member.isLearner !== isLearner),
    ),
  );
  return [
    ...(lacks.length > 0 ? [`it lacks ${names(lacks)}`] : []),
    ...(adds.length > 0 ? [`it has also ${names(adds)}`] : []),
    ...(differs.length > 0 ? [`it names or counts otherwise ${names(differs)}`] : []),
  ].join('; ');
}

function names(members: readonly EtcdMember[]): string {
  return members.map(({ id, hostname }) => (hostname === '' ? id : hostname)).join(', ');
}

export const etcdMembersConsistent = nodeCheck({
  id: 'etcd-members-consistent',
  stage: 'etcd',
  scope: 'control-plane',
  title: 'every control plane is a member of etcd and names the same members',
  explanation: 'Control planes disagree on who is a member of etcd, or one of them is no member.',
  requires: ['api-reachable'],
  reads: ['etcdMembers'],
  alsoReads: ['services', 'etcdStatus'],
  across: 'controlplane',
  docs: {
    pending:
      'the list differs from that of the most (by id, name or learner), gives no answer, or the control plane is not on it; if its etcd gives no answer, the list of the others decides',
    skip: 'no control plane has an etcd',
    explainedBy: ['boot-finished', 'etcd-learners', 'etcd-service', 'etcd-quorum', 'etcd-leader'],
    talosctl: '"etcd members to be consistent across nodes"; a control plane that is no member passes there',
    reports: ['siderolabs/talos#9153', 'siderolabs/talos#9789'],
    advice:
      'Compare the lists. A member that is gone for good is removed; a control plane that is not a member is reset and joins anew',
    commands: ['talosctl -n 10.0.0.2 etcd members', 'talosctl -n 10.0.0.2 etcd status'],
  },
  unless(subject) {
    const { node, snapshot } = subject;
    const facts = etcdFacts(snapshot);
    const { reference } = facts;
    return (
      withoutEtcd(subject) ??
      (reference !== undefined && isRemoved(node, facts)
        ? pending(notAmong(reference.members), resetHint(node))
        : undefined)
    );
  },
  unread: ({ node }) => ({
    explainedBy: [
      ...stageCauses(node),
      ...here(...(isLearner(node) ? ['etcd-learners'] : []), 'etcd-service', 'etcd-quorum', 'etcd-leader'),
    ],
    hint: etcdNoAnswerHint(node),
  }),
  evaluate({ etcdMembers }, { node, snapshot }) {
    const facts = etcdFacts(snapshot);
    const { members, from } = facts.reference ?? { members: etcdMembers, from: [] };
    const trouble =
      listKey(etcdMembers) === listKey(members)
        ? absence(node, facts)
        : `its list of members is not that of ${from.join(', ')}: ${difference(etcdMembers, members)}`;
    return trouble === undefined
      ? pass(`${count(members.length, 'member')}, the same everywhere`)
      : pending(
          trouble,
          hint(
            'Compare the lists of the control planes. A member that is gone for good is removed; a control plane that is not a member is reset and joins anew.',
            talosctl(node, 'etcd members'),
            talosctl(node, 'etcd status'),
          ),
          [...stageCauses(node), ...here('etcd-service')],
        );
  },
});
