import { nodeCheck } from '../define.ts';
import { type EtcdFacts, etcdFacts, etcdNoAnswerHint, isRemoved, withoutEtcd } from '../facts/etcd.ts';
import { isAlarm } from '../facts/etcd-alarms.ts';
import { stageCauses } from '../facts/machine-status.ts';
import { here, hint, pass, pending } from '../outcome.ts';
import { talosctl, withReason } from '../text.ts';

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

export const etcdLeader = nodeCheck({
  id: 'etcd-leader',
  stage: 'etcd',
  scope: 'control-plane',
  title: 'etcd answers and follows the common leader',
  explanation:
    'The etcd of a control plane does not answer, has no leader, reports errors, or follows another leader than the rest.',
  requires: ['api-reachable'],
  reads: ['etcdStatus'],
  alsoReads: ['services', 'etcdMembers'],
  across: 'controlplane',
  docs: {
    pending:
      'it does not answer (a hung etcd, which its service calls healthy for another 15 to 35 seconds), has no leader, follows another than the most, or reports an error',
    skip: 'no control plane has an etcd',
    explainedBy: ['boot-finished', 'etcd-service', 'etcd-quorum', 'etcd-members-consistent'],
    talosctl: 'not asked there',
    reports: ['siderolabs/talos#9582'],
    advice: 'See whether the control planes reach each other on TCP ports 2379 and 2380, and read the log of etcd',
    commands: ['talosctl -n 10.0.0.2 etcd status', 'talosctl -n 10.0.0.2 logs etcd'],
  },
  unless: withoutEtcd,
  unread: ({ node, snapshot }) => ({
    explainedBy: [
      ...stageCauses(node),
      ...here('etcd-service', ...(isRemoved(node, etcdFacts(snapshot)) ? ['etcd-members-consistent'] : [])),
    ],
    hint: etcdNoAnswerHint(node),
  }),
  evaluate({ etcdStatus }, { node, snapshot }) {
    const facts = etcdFacts(snapshot);
    const { leader, errors } = etcdStatus;
    const reasons = errors.filter((error) => !isAlarm(error)).join('; ');
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
  },
});
