import { type Finding, isFine, isUnresolved, subjectKey, worst } from '../gate/finding.ts';
import { type History, troubledSince } from '../gate/history.ts';
import type { Snapshot } from '../observe/snapshot.ts';
import { inOrder } from './order.ts';
import { quorumBlame } from './quorum.ts';
import type { Match, RootCause } from './root-cause.ts';
import { rules } from './rules.ts';
import { titleInWords } from './title.ts';
import { unclassified } from './unclassified.ts';

type Identified = Required<Match> & { readonly id: string };

/** The matches of all rules. The first match that claims a finding owns it; what no rule claims is unclassified. */
function matchRules(findings: readonly Finding[], snapshot: Snapshot): readonly Identified[] {
  const wrong = findings.filter(isUnresolved);
  const addQuorum = quorumBlame({ snapshot, findings, open: wrong });
  const claimed = new Set<Finding>();
  const claim = (all: readonly Finding[]): readonly Finding[] => {
    const own = all.filter((finding) => !claimed.has(finding));
    for (const finding of own) {
      claimed.add(finding);
    }
    return own;
  };
  const identify = (id: string, match: Match): Identified => {
    const { findings: symptoms, consequences = [], ...rest } = addQuorum(match);
    return { id, ...rest, findings: claim(symptoms), consequences: claim(consequences) };
  };
  const open = (): readonly Finding[] => wrong.filter((finding) => !claimed.has(finding));
  const found = rules.flatMap(({ id, match }) =>
    match({ snapshot, findings, open: open() }).map((one) => identify(id, one)),
  );
  const rest = unclassified(open()).map((one) => identify(one.findings[0]?.check ?? '', one));
  return [...found, ...rest].filter((match) => match.findings.length > 0);
}

/** Adds to each match the findings that it blocks. Blocked findings without such a match become matches of their own. */
function withBlocked(matches: readonly Identified[], findings: readonly Finding[]): readonly Caused[] {
  const owner = new Map(
    matches.flatMap((match) => [...match.findings, ...match.consequences].map((one) => [subjectKey(one), match])),
  );
  const blocked = findings.filter((finding) => finding.status === 'blocked' && !owner.has(subjectKey(finding)));
  const byOwner = Map.groupBy(blocked, ({ blockedBy }) => blockedBy && owner.get(subjectKey(blockedBy)));
  const orphans = unclassified(byOwner.get(undefined) ?? []);
  return [
    ...matches.map((match) => {
      const own = byOwner.get(match) ?? [];
      return {
        ...match,
        consequences: [...match.consequences, ...own.filter(({ unknown }) => !unknown)],
        notJudged: own.filter(({ unknown }) => unknown),
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

/** The earliest start of any finding of the cause on its own nodes (or on the cluster), since its symptom may have changed. */
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
  const { check, stage } = first;
  return [{ ...cause, title: titleInWords(cause.title, check), check, stage, status, ...since }];
}

/**
 * The root causes of an unhealthy cluster, each with its consequences, in the
 * order in which to fix them. Every finding that is pending, failed or blocked
 * belongs to exactly one of them. Pure.
 *
 * @param history of all rounds, up to that of the findings
 */
export function diagnose(findings: readonly Finding[], snapshot: Snapshot, history?: History): readonly RootCause[] {
  if (findings.every(isFine)) {
    return [];
  }
  const causes = withBlocked(matchRules(findings, snapshot), findings).flatMap((cause) => causeOf(cause, history));
  return inOrder(causes, findings, snapshot);
}
