import { type Finding, isUnresolved, subjectKey } from '../gate/finding.ts';
import type { Snapshot } from '../observe/snapshot.ts';
import { inOrder } from './order.ts';
import { quorum } from './quorum.ts';
import type { Claim, RootCause } from './root-cause.ts';
import { table } from './rules.ts';
import { ownCauses } from './unclassified.ts';

type Identified = Claim & { readonly id: string };

function claimAll(findings: readonly Finding[], snapshot: Snapshot): readonly Identified[] {
  const wrong = findings.filter(isUnresolved);
  const { blame } = quorum({ snapshot, findings, open: wrong });
  const claimed = new Set<Finding>();
  const isOpen = (finding: Finding): boolean => !claimed.has(finding);
  const take = (id: string, claim: Claim): Identified => {
    const { findings: seenBy, consequences = [], ...rest } = blame(claim);
    const own = seenBy.filter(isOpen);
    const follow = consequences.filter((finding) => isOpen(finding) && !own.includes(finding));
    for (const finding of [...own, ...follow]) {
      claimed.add(finding);
    }
    return { id, ...rest, findings: own, consequences: follow };
  };
  const found = table.flatMap(({ id, recognise }) =>
    recognise({ snapshot, findings, open: wrong.filter(isOpen) }).map((claim) => take(id, claim)),
  );
  const rest = ownCauses(wrong.filter(isOpen)).map((claim) => take(claim.findings[0]?.check ?? '', claim));
  return [...found, ...rest].filter((cause) => cause.findings.length > 0);
}

/** Each cause with what is blocked behind its findings; what is blocked behind nothing that is there stands for itself. */
function withBlocked(claims: readonly Identified[], findings: readonly Finding[]): readonly RootCause[] {
  const owner = new Map<string, Identified>();
  for (const claim of claims) {
    for (const finding of [...claim.findings, ...(claim.consequences ?? [])]) {
      owner.set(subjectKey(finding), claim);
    }
  }
  const blocked = findings.filter((finding) => finding.status === 'blocked' && !owner.has(subjectKey(finding)));
  const behind = Map.groupBy(blocked, ({ blockedBy }) =>
    blockedBy === undefined ? undefined : owner.get(subjectKey(blockedBy)),
  );
  const orphans = ownCauses(behind.get(undefined) ?? []);
  return [
    ...claims.map((claim) => {
      const held = behind.get(claim) ?? [];
      return {
        ...claim,
        consequences: [...(claim.consequences ?? []), ...held.filter(({ unknown }) => !unknown)],
        notJudged: held.filter(({ unknown }) => unknown),
      };
    }),
    ...orphans.map((claim) => ({
      ...claim,
      id: claim.findings[0]?.check ?? '',
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
export function rootCauses(findings: readonly Finding[], snapshot: Snapshot): readonly RootCause[] {
  if (!findings.some((finding) => isUnresolved(finding) || finding.status === 'blocked')) {
    return [];
  }
  return inOrder(withBlocked(claimAll(findings, snapshot), findings), findings, snapshot);
}
