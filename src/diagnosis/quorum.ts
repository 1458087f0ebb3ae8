import { etcdFacts } from '../checks/facts/etcd.ts';
import { type Finding, isUnresolved } from '../gate/finding.ts';
import { type Context, openOf } from './context.ts';
import type { Match } from './root-cause.ts';

/** A control plane that fails one of these checks may not vote. */
const votingChecks: ReadonlySet<string> = new Set([
  'api-reachable',
  'boot-finished',
  'etcd-service',
  'etcd-leader',
  'etcd-learners',
  'etcd-members-consistent',
]);

/** Control planes that a fault of their own keeps from voting with the others. A learner never votes. */
export function nonVoters({ snapshot, findings }: Pick<Context, 'snapshot' | 'findings'>): ReadonlySet<string> {
  const { controlPlanes, agreeing, reference, owners } = etcdFacts(snapshot);
  const apart = new Set(
    controlPlanes
      .filter(
        (node) =>
          !agreeing.includes(node) &&
          (reference === undefined || owners.ofNode.get(node.node.name)?.isLearner === false),
      )
      .map(({ node }) => node.name),
  );
  const own = findings.filter((finding) => isUnresolved(finding) && votingChecks.has(finding.check));
  return new Set(own.flatMap(({ node }) => (node !== undefined && apart.has(node) ? [node] : [])));
}

/** Whether the finding is a reason why one of these nodes, or a stray member, does not vote. */
export function costsVote({ check, node }: Finding, faulty: ReadonlySet<string>): boolean {
  return check === 'etcd-members-are-control-planes' || (votingChecks.has(check) && faulty.has(node ?? ''));
}

/** Whether these control planes and stray members alone cost the quorum. */
export function explainsLostQuorum(faulty: ReadonlySet<string>, { snapshot }: Context): boolean {
  const { voters, unownedMembers } = etcdFacts(snapshot);
  const lost = faulty.size + unownedMembers.filter(({ isLearner }) => !isLearner).length;
  return lost > 0 && voters - lost < Math.floor(voters / 2) + 1;
}

/**
 * A lost quorum usually follows from control planes that do not vote. The
 * returned function adds that to the title of each match that costs votes; the
 * finding itself becomes a consequence of the first of them.
 */
export function quorumBlame(context: Context): (match: Match) => Match {
  const [finding] = openOf(context, 'etcd-quorum');
  const faulty = nonVoters(context);
  if (finding === undefined || !explainsLostQuorum(faulty, context)) {
    return (match) => match;
  }
  let isFirst = true;
  return (match) => {
    const { findings, consequences = [], hint } = match;
    if (![...findings, ...consequences].some((one) => costsVote(one, faulty))) {
      return match;
    }
    const title = `${match.title}; etcd has lost its quorum`;
    if (!isFirst) {
      return { ...match, title, consequences };
    }
    isFirst = false;
    return {
      ...match,
      title,
      hint: { ...hint, text: `${hint.text} ${finding.hint?.text ?? ''}`.trim() },
      consequences: [...consequences, finding],
    };
  };
}
