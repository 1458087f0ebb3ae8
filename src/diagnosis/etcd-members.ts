import { etcdFacts, isRemoved } from '../checks/facts/etcd.ts';
import { isLearner } from '../checks/facts/etcd-members.ts';
import { servicesBlockingBoot } from '../checks/facts/services.ts';
import { openOf, openOnNodes } from './context.ts';
import { matchOf } from './match.ts';
import type { Rule } from './root-cause.ts';

/** Causes about membership of etcd: a removed, a partitioned, a new or a stray member. */

export const removedMember: Rule = {
  id: 'removed-member',
  symptom:
    'The etcd of a control plane runs or is started again and again, answers nothing, and is not in the list of members that the others give.',
  match: (context) => {
    const facts = etcdFacts(context.snapshot);
    const findings = openOnNodes(context, 'etcd-members-consistent')
      .filter(({ node }) => isRemoved(node, facts))
      .map(({ finding }) => finding);
    return matchOf(findings, {
      title: 'its etcd was removed from the cluster: it is not among the members of etcd',
      explanation:
        'The machine lives and has the data of a member that is none any more. Its etcd cannot join with it, and its API server cannot work.',
    });
  },
};

export const cutOffMember: Rule = {
  id: 'cut-off-member',
  symptom: 'The etcd of a control plane answers and has no leader, while the others have quorum.',
  match: (context) => {
    const hasQuorum = context.findings.some(({ check, status }) => check === 'etcd-quorum' && status === 'pass');
    const findings = openOnNodes(context, 'etcd-leader')
      .filter(({ node: { etcdStatus } }) => hasQuorum && etcdStatus.ok && etcdStatus.value.leader === '')
      .map(({ finding }) => finding);
    return matchOf(findings, {
      title: 'its etcd has no leader: it is cut off from its peers (TCP ports 2379 and 2380)',
      explanation:
        'The other members agree on a leader, and this one does not reach them. Its API server cannot work without.',
    });
  },
};

export const learner: Rule = {
  id: 'learner',
  symptom: 'A member of etcd is still a learner.',
  match: (context) => {
    const learning = openOnNodes(context, 'etcd-learners').filter(({ node }) => isLearner(node));
    const names = new Set(learning.map(({ node }) => node.node.name));
    const findings = learning.map(({ finding }) => finding);
    return matchOf(findings, {
      title: 'its etcd is still a learner: it has joined, and does not vote yet',
      explanation: 'A new member first copies the data of the others. That is normal, and takes a moment.',
      consequences: openOnNodes(context, 'boot-finished')
        .filter(
          ({ node }) =>
            names.has(node.node.name) && servicesBlockingBoot(node).every(({ service: id }) => id === 'etcd'),
        )
        .map(({ finding }) => finding),
    });
  },
};

export const strayMember: Rule = {
  id: 'stray-member',
  symptom: 'etcd has a member that no control plane runs.',
  match: (context) => {
    const findings = openOf(context, 'etcd-members-are-control-planes');
    return etcdFacts(context.snapshot).reference === undefined
      ? []
      : findings.flatMap((finding) =>
          matchOf([finding], {
            blames: 'cluster',
            title: `etcd has a ${finding.message}`,
            explanation: 'A member whose machine is gone still counts for quorum: the next failure may take it.',
          }),
        );
  },
};
