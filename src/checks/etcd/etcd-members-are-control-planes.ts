import type { Snapshot } from '../../observe/snapshot.ts';
import type { EtcdMember } from '../../talos/model.ts';
import type { ClusterCheck, Hint, Outcome } from '../check.ts';
import { type EtcdFacts, etcdCauses, etcdFacts, goesBy, spokesman } from '../facts/etcd.ts';
import { isNode } from '../facts/judged.ts';
import { withoutEtcd } from '../facts/without-etcd.ts';
import { hint, pass, pending } from '../outcome.ts';
import { count, talosctl, word } from '../text.ts';

function evaluate(snapshot: Snapshot): Outcome {
  const facts = etcdFacts(snapshot);
  const none = withoutEtcd(facts);
  if (none !== undefined) {
    return none;
  }
  if (facts.reference === undefined) {
    return pending(
      'no control plane gives the list of members',
      hint('See to etcd first.', talosctl(facts.controlPlanes, 'etcd status')),
      etcdCauses(facts),
    );
  }
  const { members } = facts.reference;
  const strangers = members.filter((member) => !isControlPlane(member, facts));
  return strangers.length === 0
    ? pass(`${count(members.length, 'member')}, each a control plane`)
    : pending(
        `${snapshot.cluster.source === 'given' ? 'not among the given control planes' : 'no control plane of the cluster'}: ${strangers.map(describe).join(', ')}`,
        advice(strangers, facts, snapshot),
      );
}

/** A list that is given may lack a member that is well, so its removal is proposed only where discovery does not know it. */
function advice(strangers: readonly EtcdMember[], facts: EtcdFacts, { cluster }: Snapshot): Hint {
  const show = talosctl(spokesman(facts), 'etcd members');
  const removals = strangers.map(({ id }) => talosctl(spokesman(facts), `etcd remove-member ${word(id)}`));
  const hosts = strangers.flatMap(({ peerHosts, hostname }) => [...peerHosts, hostname]);
  const known = cluster.nodes.some((node) => hosts.some((host) => isNode(node, host)));
  return cluster.source === 'given' || known
    ? hint(
        'Where its machine is a control plane, it is missing in control-plane-nodes: add it. Only a member whose machine is gone for good is to be removed.',
        show,
        talosctl(spokesman(facts), 'get members'),
      )
    : hint(
        'Remove a member whose machine is gone for good: it counts for quorum. Where the machine is still there, do not: then discovery lacks it.',
        show,
        ...removals,
      );
}

/** As strict as talosctl: every peer address must be one of a control plane. */
function isControlPlane({ peerHosts, hostname }: EtcdMember, { controlPlanes }: EtcdFacts): boolean {
  const hosts = peerHosts.length > 0 ? peerHosts : [hostname];
  return hosts.every((host) => controlPlanes.some((node) => goesBy(node, host)));
}

function describe({ id, hostname, peerHosts }: EtcdMember): string {
  return `member ${hostname === '' ? id : hostname}${peerHosts.length === 0 ? '' : ` (${peerHosts.join(', ')})`}`;
}

export const etcdMembersAreControlPlanes: ClusterCheck = {
  id: 'etcd-members-are-control-planes',
  stage: 'etcd',
  scope: 'cluster',
  title: 'every member of etcd is a control plane',
  explanation: 'etcd has a member that is no control plane of the cluster, such as one whose machine is gone.',
  requires: [],
  wokenBy: ['services'],
  acrossControlPlanes: true,
  evaluate,
};
