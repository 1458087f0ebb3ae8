import type { Cause, Check, Outcome } from '../checks/check.ts';
import { isUnresolved, subjectKey } from './finding.ts';

/** A check on one subject with what it sees there, before it is known what stands behind it. */
export interface Judgement {
  readonly check: Check;
  /** Absent for the cluster as a whole. */
  readonly node?: string;
  readonly outcome: Outcome;
  /** The caller does not want it judged: nothing blocks it. */
  readonly leftOut?: true;
}

/**
 * Finds what blocks a judgement: the root, which is itself pending or failed
 * and never blocked; undefined where nothing does.
 *
 * What a check requires blocks it whatever it sees. What explains it blocks it
 * only where that stands unresolved, so that of two faults on two nodes both show.
 */
export function resolver(judgements: readonly Judgement[]): (judgement: Judgement) => Judgement | undefined {
  const byCheck = Map.groupBy(judgements, ({ check }) => check.id);
  const bySubject = new Map(
    judgements.map((judgement) => [subjectKey({ check: judgement.check.id, node: judgement.node }), judgement]),
  );
  const roots = new Map<Judgement, Judgement | undefined>();

  /** The judgement itself where it stands on its own, else what blocks it; undefined where it is resolved. */
  function standing(judgement: Judgement): Judgement | undefined {
    const root = rootOf(judgement);
    return root ?? (isUnresolved(judgement.outcome) ? judgement : undefined);
  }

  function rootOf(judgement: Judgement): Judgement | undefined {
    if (!roots.has(judgement)) {
      // Two checks that explain each other: the one asked first stands on its own.
      roots.set(judgement, undefined);
      roots.set(judgement, firstStanding(judgement));
    }
    return roots.get(judgement);
  }

  function firstStanding(judgement: Judgement): Judgement | undefined {
    const { check, outcome, leftOut } = judgement;
    if (leftOut) {
      return undefined;
    }
    const required = check.requires.map((id): Cause => ({ check: id, on: 'here' }));
    for (const cause of [...required, ...(outcome.explainedBy ?? [])]) {
      const root = standingCause(cause, judgement);
      if (root !== undefined && root !== judgement) {
        return root;
      }
    }
    return undefined;
  }

  function standingCause({ check, on }: Cause, { check: asking, node }: Judgement): Judgement | undefined {
    const all = byCheck.get(check);
    if (all === undefined) {
      throw new Error(`check ${asking.id} refers to check ${check}, which is not in the registry`);
    }
    if (on === 'everywhere') {
      const found = all.map(standing);
      return found.every((root) => root !== undefined) ? found[0] : undefined;
    }
    const subject = on === 'here' ? node : on.node;
    const found =
      bySubject.get(subjectKey({ check, node: subject })) ??
      (on === 'here' ? bySubject.get(subjectKey({ check })) : undefined);
    return found === undefined ? undefined : standing(found);
  }

  return rootOf;
}
