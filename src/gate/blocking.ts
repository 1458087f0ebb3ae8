import type { Cause, Check, Outcome } from '../checks/check.ts';
import { isUnresolved, subjectKey } from './finding.ts';

/** A check on one subject with what it sees there, before it is known what stands behind it. */
export interface RawFinding {
  readonly check: Check;
  /** Absent for the cluster as a whole. */
  readonly node?: string;
  readonly outcome: Outcome;
  /** The caller does not want it judged: nothing blocks it. */
  readonly skippedByPolicy?: true;
}

/**
 * Finds what blocks a finding: the root, which is itself pending or failed
 * and never blocked; undefined where nothing does.
 *
 * What a check requires blocks it whatever it sees. What explains it blocks it
 * only where that stands unresolved, so that of two faults on two nodes both show.
 */
export function resolver(rawFindings: readonly RawFinding[]): (raw: RawFinding) => RawFinding | undefined {
  const byCheck = Map.groupBy(rawFindings, ({ check }) => check.id);
  const bySubject = new Map(rawFindings.map((raw) => [subjectKey({ check: raw.check.id, node: raw.node }), raw]));
  const roots = new Map<RawFinding, RawFinding | undefined>();

  /** The finding itself where it stands on its own, else what blocks it; undefined where it is resolved. */
  function standing(raw: RawFinding): RawFinding | undefined {
    const root = rootOf(raw);
    return root ?? (isUnresolved(raw.outcome) ? raw : undefined);
  }

  function rootOf(raw: RawFinding): RawFinding | undefined {
    if (!roots.has(raw)) {
      // Two checks that explain each other: the one asked first stands on its own.
      roots.set(raw, undefined);
      roots.set(raw, firstStanding(raw));
    }
    return roots.get(raw);
  }

  function firstStanding(raw: RawFinding): RawFinding | undefined {
    const { check, outcome, skippedByPolicy } = raw;
    if (skippedByPolicy) {
      return undefined;
    }
    const required = check.requires.map((id): Cause => ({ check: id, on: 'here' }));
    for (const cause of [...required, ...(outcome.explainedBy ?? [])]) {
      const root = standingCause(cause, raw);
      if (root !== undefined && root !== raw) {
        return root;
      }
    }
    return undefined;
  }

  function standingCause({ check, on }: Cause, { check: asking, node }: RawFinding): RawFinding | undefined {
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
