import { type Finding, isUnresolved, subjectKey } from '../gate/finding.ts';
import type { Snapshot } from '../observe/snapshot.ts';
import { inOrder } from './order.ts';
import { quorum } from './quorum.ts';
import type { Match, RootCause } from './root-cause.ts';
import { rules } from './rules.ts';
import { unclassified } from './unclassified.ts';

type Identified = Match & { readonly id: string };

function claimAll(findings: readonly Finding[], snapshot: Snapshot): readonly Identified[] {
  const wrong = findings.filter(isUnresolved);
  const { blame } = quorum({ snapshot, findings, open: wrong });
  const claimed = new Set<Finding>();
  const isOpen = (finding: Finding): boolean => !claimed.has(finding);
  const take = (id: string, match: Match): Identified => {
    const { findings: seenBy, consequences = [], ...rest } = blame(match);
    const own = seenBy.filter(isOpen);
    const follow = consequences.filter((finding) => isOpen(finding) && !own.includes(finding));
    for (const finding of [...own, ...follow]) {
      claimed.add(finding);
    }
    return { id, ...rest, findings: own, consequences: follow };
  };
  const found = rules.flatMap(({ id, match }) =>
    match({ snapshot, findings, open: wrong.filter(isOpen) }).map((match) => take(id, match)),
  );
  const rest = unclassified(wrong.filter(isOpen)).map((match) => take(match.findings[0]?.check ?? '', match));
  return [...found, ...rest].filter((cause) => cause.findings.length > 0);
}

/** Each cause with what is blocked behind its findings; what is blocked behind nothing that is there stands for itself. */
function withBlocked(matches: readonly Identified[], findings: readonly Finding[]): readonly RootCause[] {
  const owner = new Map<string, Identified>();
  for (const match of matches) {
    for (const finding of [...match.findings, ...(match.consequences ?? [])]) {
      owner.set(subjectKey(finding), match);
    }
  }
  const blocked = findings.filter((finding) => finding.status === 'blocked' && !owner.has(subjectKey(finding)));
  const behind = Map.groupBy(blocked, ({ blockedBy }) =>
    blockedBy === undefined ? undefined : owner.get(subjectKey(blockedBy)),
  );
  const orphans = unclassified(behind.get(undefined) ?? []);
  return [
    ...matches.map((match) => {
      const held = behind.get(match) ?? [];
      return {
        ...match,
        consequences: [...(match.consequences ?? []), ...held.filter(({ unknown }) => !unknown)],
        notJudged: held.filter(({ unknown }) => unknown),
      };
    }),
    ...orphans.map((match) => ({
      ...match,
      id: match.findings[0]?.check ?? '',
      consequences: [],
      notJudged: [],
    })),
  ];
}

/**
 * Why a cluster is not healthy: what went wrong, each with all that follows
 * from it, the first thing to fix first. Every finding that is pending, failed
 * or blocked belongs to exactly one. Pure.
 */
export function diagnose(findings: readonly Finding[], snapshot: Snapshot): readonly RootCause[] {
  if (!findings.some((finding) => isUnresolved(finding) || finding.status === 'blocked')) {
    return [];
  }
  return inOrder(withBlocked(claimAll(findings, snapshot), findings), findings, snapshot);
}
