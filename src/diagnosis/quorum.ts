import { etcdFacts } from '../checks/facts/etcd.ts';
import { type Finding, isUnresolved } from '../gate/finding.ts';
import { type Context, openOf } from './context.ts';
import type { Match } from './root-cause.ts';

/** Checks whose failure takes a member's vote away. */
const costVotes: ReadonlySet<string> = new Set([
  'api-reachable',
  'boot-finished',
  'etcd-service',
  'etcd-leader',
  'etcd-learners',
  'etcd-members-consistent',
]);

/** Control planes with a fault of their own that keeps them from voting with the others. A learner has no vote to lose. */
export function culprits({ snapshot, findings }: Pick<Context, 'snapshot' | 'findings'>): ReadonlySet<string> {
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
  const own = findings.filter((finding) => isUnresolved(finding) && costVotes.has(finding.check));
  return new Set(own.flatMap(({ node }) => (node !== undefined && apart.has(node) ? [node] : [])));
}

/** Whether the finding is a reason why one of these, or a member that is no control plane, does not vote. */
export function costsVote({ check, node }: Finding, guilty: ReadonlySet<string>): boolean {
  return check === 'etcd-members-are-control-planes' || (costVotes.has(check) && guilty.has(node ?? ''));
}

/** Whether a quorum is lost for no more than these control planes, and members that are none. */
export function explains(guilty: ReadonlySet<string>, { snapshot }: Context): boolean {
  const { voters, unownedMembers } = etcdFacts(snapshot);
  const lost = guilty.size + unownedMembers.filter(({ isLearner }) => !isLearner).length;
  return lost > 0 && voters - lost < Math.floor(voters / 2) + 1;
}

export interface Quorum {
  /** The match, with the lost quorum among its consequences where it has a part in it. */
  blame(match: Match): Match;
}

/**
 * A lost quorum is seldom a cause: it follows from the control planes that do
 * not vote. Each cause that takes votes says so; it is counted with the first.
 */
export function quorum(context: Context): Quorum {
  const [finding] = openOf(context, 'etcd-quorum');
  const guilty = culprits(context);
  if (finding === undefined || !explains(guilty, context)) {
    return { blame: (match) => match };
  }
  let counted = false;
  return {
    blame: (match) => {
      const { findings, consequences = [] } = match;
      if (![...findings, ...consequences].some((one) => costsVote(one, guilty))) {
        return match;
      }
      const first = !counted;
      counted = true;
      return {
        ...match,
        title: `${match.title}; etcd has lost its quorum`,
        hint: !first ? match.hint : { ...match.hint, text: `${match.hint.text} ${finding.hint?.text ?? ''}`.trim() },
        consequences: first ? [...consequences, finding] : consequences,
      };
    },
  };
}
