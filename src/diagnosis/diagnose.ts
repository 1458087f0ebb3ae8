import { type Finding, isFine, isUnresolved, subjectKey, worst } from '../gate/finding.ts';
import { type History, troubledSince } from '../gate/history.ts';
import type { Snapshot } from '../observe/snapshot.ts';
import { inOrder } from './order.ts';
import { quorum } from './quorum.ts';
import type { Match, RootCause } from './root-cause.ts';
import { rules } from './rules.ts';
import { unclassified } from './unclassified.ts';

type Identified = Required<Match> & { readonly id: string };

/** The matches of all rules; a finding belongs to the first one that claims it, and one that no rule claims to itself. */
function matchRules(findings: readonly Finding[], snapshot: Snapshot): readonly Identified[] {
  const wrong = findings.filter(isUnresolved);
  const { blame } = quorum({ snapshot, findings, open: wrong });
  const claimed = new Set<Finding>();
  const claim = (all: readonly Finding[]): readonly Finding[] => {
    const own = all.filter((finding) => !claimed.has(finding));
    for (const finding of own) {
      claimed.add(finding);
    }
    return own;
  };
  const identify = (id: string, match: Match): Identified => {
    const { findings: seenBy, consequences = [], ...rest } = blame(match);
    return { id, ...rest, findings: claim(seenBy), consequences: claim(consequences) };
  };
  const open = (): readonly Finding[] => wrong.filter((finding) => !claimed.has(finding));
  const found = rules.flatMap(({ id, match }) =>
    match({ snapshot, findings, open: open() }).map((one) => identify(id, one)),
  );
  const rest = unclassified(open()).map((one) => identify(one.findings[0]?.check ?? '', one));
  return [...found, ...rest].filter((match) => match.findings.length > 0);
}

/** Each match with what is blocked by its findings, and a match of its own for what nothing that is there blocks. */
function withBlocked(matches: readonly Identified[], findings: readonly Finding[]): readonly Caused[] {
  const owner = new Map(
    matches.flatMap((match) => [...match.findings, ...match.consequences].map((one) => [subjectKey(one), match])),
  );
  const blocked = findings.filter((finding) => finding.status === 'blocked' && !owner.has(subjectKey(finding)));
  const behind = Map.groupBy(blocked, ({ blockedBy }) => blockedBy && owner.get(subjectKey(blockedBy)));
  const orphans = unclassified(behind.get(undefined) ?? []);
  return [
    ...matches.map((match) => {
      const held = behind.get(match) ?? [];
      return {
        ...match,
        consequences: [...match.consequences, ...held.filter(({ unknown }) => !unknown)],
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

type Caused = Identified & Pick<RootCause, 'notJudged'>;

/** The earliest beginning of what the cause explains of its own nodes, or of the cluster: its symptom may have changed. */
function sinceOf({ findings, consequences, notJudged }: Caused, history: History): number {
  const nodes = new Set(findings.map(({ node }) => node));
  const own = [...findings, ...consequences, ...notJudged].filter(({ node }) => nodes.has(node));
  return Math.min(...own.map((finding) => troubledSince(history, finding)));
}

function causeOf(cause: Caused, history: History | undefined): readonly RootCause[] {
  const [first] = cause.findings;
  const status = worst(cause.findings);
  if (first === undefined || status === undefined) {
    return [];
  }
  const since = history === undefined ? {} : { since: sinceOf(cause, history) };
  return [{ ...cause, check: first.check, stage: first.stage, status, ...since }];
}

/**
 * Why a cluster is not healthy: what went wrong, each with all that follows
 * from it, the first thing to fix first. Every finding that is pending, failed
 * or blocked belongs to exactly one. Pure.
 *
 * @param history of all rounds, with that of the findings
 */
export function diagnose(findings: readonly Finding[], snapshot: Snapshot, history?: History): readonly RootCause[] {
  if (findings.every(isFine)) {
    return [];
  }
  const causes = withBlocked(matchRules(findings, snapshot), findings).flatMap((cause) => causeOf(cause, history));
  return inOrder(causes, findings, snapshot);
}
