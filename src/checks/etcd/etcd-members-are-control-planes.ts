import type { Snapshot } from '../../observe/snapshot.ts';
import type { EtcdMember } from '../../talos/model/etcd.ts';
import { shellWord } from '../../values/shell.ts';
import type { Hint } from '../check.ts';
import { clusterCheck } from '../define.ts';
import { answeringControlPlane, type EtcdFacts, etcdCauses, etcdFacts, withoutEtcd } from '../facts/etcd.ts';
import { hint, pass, pending } from '../outcome.ts';
import { count, talosctl } from '../text.ts';

/** Whether the member runs: it is the leader, or the machine at its address reports its id. */
function isRunning({ id }: EtcdMember, { leader }: EtcdFacts, { cluster }: Snapshot): boolean {
  return id === leader || cluster.outsiders?.some(({ memberId }) => memberId === id) === true;
}

function notListed({ cluster }: Snapshot): string {
  return cluster.source === 'given' ? 'not among the given control planes' : 'no control plane of the cluster';
}

/** A member that runs must not be removed: its machine is missing from a list. */
function advice(stopped: readonly EtcdMember[], running: readonly EtcdMember[], facts: EtcdFacts): Hint {
  const show = talosctl(answeringControlPlane(facts), 'etcd members');
  const missing =
    'Add the machine of a member that runs to control-plane-nodes, or see why discovery lacks it; do not remove it.';
  if (stopped.length === 0) {
    return hint(missing, show, talosctl(answeringControlPlane(facts), 'get members'));
  }
  const removals = stopped.map(({ id }) =>
    talosctl(answeringControlPlane(facts), `etcd remove-member ${shellWord(id)}`),
  );
  const gone =
    'Remove a member that never started, or whose machine is gone for good: a voting one counts for quorum, and none that was removed comes back with its data. Where its machine still runs, do not: then it is missing in control-plane-nodes or in discovery.';
  return hint(running.length === 0 ? gone : `${gone} ${missing}`, show, ...removals);
}

function describe({ id, hostname, peerHosts, isLearner }: EtcdMember): string {
  const details = [
    `id ${id}`,
    ...peerHosts,
    ...(isLearner ? ['a learner'] : []),
    ...(hostname === '' ? ['never started'] : []),
  ];
  return `${hostname === '' ? 'without a name' : hostname} (${details.join(', ')})`;
}

export const etcdMembersAreControlPlanes = clusterCheck({
  id: 'etcd-members-are-control-planes',
  stage: 'etcd',
  title: 'every member of etcd is a control plane',
  explanation:
    'etcd has a member that no control plane runs: its machine is gone, it never started, or it is left over from an earlier life of a machine.',
  requires: [],
  reads: [],
  alsoReads: ['services', 'etcdMembers', 'etcdStatus'],
  across: 'controlplane',
  docs: {
    pending: 'no control plane runs a member (voting, learner, or never started), or no control plane gives the list',
    skip: 'no control plane has an etcd',
    explainedBy: ['topology', 'api-reachable', 'etcd-quorum', 'boot-finished', 'etcd-service', 'etcd-leader'],
    talosctl: '"etcd members to be control plane nodes"',
    reports: ['siderolabs/talos#9145', 'etcd-io/etcd#20967'],
    advice:
      'Remove a member whose machine is gone for good: it counts for quorum, and once removed it does not come back with its data. One whose machine is there is missing in `control-plane-nodes`, or in discovery',
    commands: ['talosctl -n 10.0.0.1 etcd members', 'talosctl -n 10.0.0.1 etcd remove-member MEMBER-ID'],
  },
  unless: withoutEtcd,
  evaluate(_, { snapshot }) {
    const facts = etcdFacts(snapshot);
    if (facts.reference === undefined) {
      return pending(
        'no control plane gives the list of members',
        hint('See to etcd first.', talosctl(facts.controlPlanes, 'etcd status')),
        etcdCauses(facts),
      );
    }
    const { unownedMembers } = facts;
    const running = unownedMembers.filter((member) => isRunning(member, facts, snapshot));
    const stopped = unownedMembers.filter((member) => !running.includes(member));
    const words = [
      ...stopped.map((member) => `ghost member ${describe(member)}, which no control plane runs`),
      ...running.map((member) => `member ${describe(member)} runs, and is ${notListed(snapshot)}`),
    ];
    return unownedMembers.length === 0
      ? pass(`${count(facts.reference.members.length, 'member')}, each a control plane`)
      : pending(words.join('; '), advice(stopped, running, facts));
  },
});
