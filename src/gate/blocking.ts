import type { Cause, Check, Outcome } from '../checks/check.ts';
import { isUnresolved, subjectKey } from './finding.ts';

/** The outcome of a check on one subject, before its cause is known. */
export interface RawFinding {
  readonly check: Check;
  /** Absent for the cluster as a whole. */
  readonly node?: string;
  readonly outcome: Outcome;
  /** Skipped by the caller: nothing blocks it. */
  readonly skippedByPolicy?: true;
}

/**
 * Finds what blocks a finding: the root, which is itself pending or failed and not blocked; undefined if nothing does.
 *
 * A required check blocks a finding whatever its outcome. An explanation blocks it only while unresolved on that
 * subject, so that of two faults on two nodes both are reported.
 */
export function resolver(rawFindings: readonly RawFinding[]): (raw: RawFinding) => RawFinding | undefined {
  const byCheck = Map.groupBy(rawFindings, ({ check }) => check.id);
  const bySubject = new Map(rawFindings.map((raw) => [subjectKey({ check: raw.check.id, node: raw.node }), raw]));
  const roots = new Map<RawFinding, RawFinding | undefined>();

  /** The finding itself if it is unresolved and not blocked, else what blocks it; undefined if it is resolved. */
  function selfOrRoot(raw: RawFinding): RawFinding | undefined {
    return rootOf(raw) ?? (isUnresolved(raw.outcome) ? raw : undefined);
  }

  function rootOf(raw: RawFinding): RawFinding | undefined {
    if (!roots.has(raw)) {
      // If two checks explain each other, the one evaluated first is not blocked.
      roots.set(raw, undefined);
      roots.set(raw, findRoot(raw));
    }
    return roots.get(raw);
  }

  function findRoot(raw: RawFinding): RawFinding | undefined {
    const { check, outcome, skippedByPolicy } = raw;
    if (skippedByPolicy) {
      return undefined;
    }
    const required = check.requires.map((id): Cause => ({ check: id, on: 'here' }));
    for (const cause of [...required, ...(outcome.explainedBy ?? [])]) {
      const root = rootOfCause(cause, raw);
      if (root !== undefined && root !== raw) {
        return root;
      }
    }
    return undefined;
  }

  function rootOfCause({ check, on }: Cause, { check: dependent, node }: RawFinding): RawFinding | undefined {
    const all = byCheck.get(check);
    if (all === undefined) {
      throw new Error(`check ${dependent.id} refers to check ${check}, which is not in the registry`);
    }
    if (on === 'everywhere') {
      const found = all.map(selfOrRoot);
      return found.every((root) => root !== undefined) ? found[0] : undefined;
    }
    const subject = on === 'here' ? node : on.node;
    const found =
      bySubject.get(subjectKey({ check, node: subject })) ??
      (on === 'here' ? bySubject.get(subjectKey({ check })) : undefined);
    return found === undefined ? undefined : selfOrRoot(found);
  }

  return rootOf;
}
