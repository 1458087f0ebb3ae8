import { nodeCheck } from '../define.ts';
import { etcdFacts, withoutEtcd } from '../facts/etcd.ts';
import { isLearner } from '../facts/etcd-members.ts';
import { stageCauses } from '../facts/machine-status.ts';
import { here, hint, notKnown, pass, pending } from '../outcome.ts';
import { talosctl } from '../text.ts';

export const etcdLearners = nodeCheck({
  id: 'etcd-learners',
  stage: 'etcd',
  scope: 'control-plane',
  title: 'every member of etcd votes',
  explanation: 'A member of etcd is still a learner: it has not caught up, and does not count for quorum.',
  requires: ['api-reachable'],
  reads: [],
  alsoReads: ['services', 'etcdMembers', 'etcdStatus'],
  across: 'controlplane',
  docs: {
    pending: 'the member is a learner, or it is not known whether it votes',
    skip: 'no control plane has an etcd',
    explainedBy: ['boot-finished', 'etcd-service', 'etcd-quorum', 'etcd-members-consistent', 'etcd-leader'],
    talosctl: 'not asked there',
    reports: ['siderolabs/talos#7903', 'siderolabs/talos#5794'],
    advice: 'A new member becomes a voting one when it has caught up. If it does not, read its log',
    commands: ['talosctl -n 10.0.0.2 etcd status', 'talosctl -n 10.0.0.2 logs etcd'],
  },
  unless: withoutEtcd,
  evaluate(_, { node, snapshot }) {
    const facts = etcdFacts(snapshot);
    const listed = facts.owners.ofNode.get(node.node.name);
    const answers = node.etcdStatus.ok;
    const advice = hint(
      'A new member becomes a voting one when it has caught up. If it does not, read its log.',
      talosctl(node, 'etcd status'),
      talosctl(node, 'logs etcd'),
    );
    if (isLearner(node)) {
      return pending('it is still a learner, which does not count for quorum', advice);
    }
    if (listed?.isLearner === true) {
      return pending('it is still a learner, which does not count for quorum', advice, [
        ...stageCauses(node),
        ...here('etcd-service'),
      ]);
    }
    return listed === undefined && !answers
      ? notKnown('not known whether it votes', advice, [
          ...stageCauses(node),
          ...here('etcd-service', 'etcd-quorum', 'etcd-members-consistent', 'etcd-leader'),
        ])
      : pass('a voting member');
  },
});
