import type { NodeSnapshot, Snapshot } from '../../observe/snapshot.ts';
import type { NodeCheck, Outcome } from '../check.ts';
import { stageCauses } from '../facts/boot.ts';
import { etcdFacts } from '../facts/etcd.ts';
import { isLearner } from '../facts/learner.ts';
import { withoutEtcd } from '../facts/without-etcd.ts';
import { here, hint, notKnown, pass, pending } from '../outcome.ts';
import { talosctl } from '../text.ts';

function evaluate(node: NodeSnapshot, snapshot: Snapshot): Outcome {
  const facts = etcdFacts(snapshot);
  const none = withoutEtcd(facts);
  if (none !== undefined) {
    return none;
  }
  const listed = facts.owners.ofNode.get(node.node.name);
  const answers = node.etcd?.status.ok === true;
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
}

export const etcdLearners: NodeCheck = {
  id: 'etcd-learners',
  stage: 'etcd',
  scope: 'control-plane',
  title: 'every member of etcd votes',
  explanation: 'A member of etcd is still a learner: it has not caught up, and does not count for quorum.',
  requires: ['api-reachable'],
  watches: ['services'],
  acrossControlPlanes: true,
  evaluate,
};
