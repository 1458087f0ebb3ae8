import type { Snapshot } from '../../observe/snapshot.ts';
import type { EtcdMember } from '../../talos/model.ts';
import type { ClusterCheck, Outcome } from '../check.ts';
import { type EtcdFacts, etcdCauses, etcdFacts, goesBy, spokesman } from '../facts/etcd.ts';
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
        `no control plane of the cluster: ${strangers.map(describe).join(', ')}`,
        hint(
          'Remove a member whose machine is gone for good: it counts for quorum. One that is still there is missing among the control planes.',
          talosctl(spokesman(facts), 'etcd members'),
          ...strangers.map(({ id }) => talosctl(spokesman(facts), `etcd remove-member ${word(id)}`)),
        ),
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
