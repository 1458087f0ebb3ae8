import type { NodeSnapshot, Snapshot } from '../../observe/snapshot.ts';
import type { NodeCheck, Outcome } from '../check.ts';
import { stageCauses } from '../facts/boot.ts';
import { type EtcdFacts, etcdFacts, notAsked } from '../facts/etcd.ts';
import { isRemoved } from '../facts/removed-member.ts';
import { silentEtcd } from '../facts/silent-etcd.ts';
import { withoutEtcd } from '../facts/without-etcd.ts';
import { here, hint, pass, pending, unreadable } from '../outcome.ts';
import { talosctl, withReason } from '../text.ts';

/** `EtcdStatus` repeats alarms among its errors; they have a check of their own. */
const isAlarm = /\balarm:/;

function evaluate(node: NodeSnapshot, snapshot: Snapshot): Outcome {
  const facts = etcdFacts(snapshot);
  const none = withoutEtcd(facts);
  if (none !== undefined) {
    return none;
  }
  if (node.etcd?.status.ok !== true) {
    // A hung etcd looks healthy to its service for another 15 to 35 s; this call tells at once.
    const failure = node.etcd?.status.error ?? notAsked;
    const causes = [
      ...stageCauses(node),
      ...here('etcd-service', ...(isRemoved(node, facts) ? ['etcd-members-consistent'] : [])),
    ];
    return unreadable(node, failure, 'the status of etcd', causes, silentEtcd(node));
  }
  const { leader, errors } = node.etcd.status.value;
  const reasons = errors.filter((error) => !isAlarm.test(error)).join('; ');
  const trouble = leader === '' ? withReason('it has no leader', reasons) : reasons || disagreement(leader, facts);
  return trouble === ''
    ? pass(`it follows the leader ${nameOf(leader, facts)}`)
    : pending(
        trouble,
        hint(
          'See whether the control planes reach each other on TCP ports 2379 and 2380, and read the log.',
          talosctl(node, 'etcd status'),
          talosctl(node, 'logs etcd'),
        ),
        [...stageCauses(node), ...here(...(leader === '' ? ['etcd-quorum'] : ['etcd-service', 'etcd-quorum']))],
      );
}

function disagreement(leader: string, facts: EtcdFacts): string {
  if (facts.leader === leader) {
    return '';
  }
  const theirs = facts.leader === undefined ? 'no leader that more than half follow' : nameOf(facts.leader, facts);
  return `it follows the leader ${nameOf(leader, facts)}, the others ${theirs}`;
}

function nameOf(memberId: string, { reference }: EtcdFacts): string {
  const hostname = reference?.members.find(({ id }) => id === memberId)?.hostname ?? '';
  return hostname === '' ? memberId : hostname;
}

export const etcdLeader: NodeCheck = {
  id: 'etcd-leader',
  stage: 'etcd',
  scope: 'control-plane',
  title: 'etcd answers and follows the common leader',
  explanation:
    'The etcd of a control plane does not answer, has no leader, reports errors, or follows another leader than the rest.',
  requires: ['api-reachable'],
  watches: ['services'],
  acrossControlPlanes: true,
  evaluate,
};
