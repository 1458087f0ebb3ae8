import type { Outcome } from '../checks/check.ts';
import { skip } from '../checks/outcome.ts';
import type { CheckOptions } from '../inputs/options.ts';
import type { CheckPolicy } from '../inputs/policies.ts';
import { type RawFinding, resolver } from './blocking.ts';
import { isUnresolved } from './finding.ts';

/**
 * What the caller's policy makes of a raw finding. What is skipped is neither
 * blocked nor blocks. A fault that is only a warning stands in nobody's way either: what
 * depends on it is judged by what it sees itself, so that a warning can hide no second fault.
 */
export function underPolicy(raw: RawFinding, { policies }: CheckOptions): RawFinding {
  const policy = policies.get(raw.check.id);
  if (policy === undefined) {
    return raw;
  }
  return policy.policy === 'skip'
    ? { ...raw, outcome: skip(`left out by ${policy.by}`), skippedByPolicy: true }
    : { ...raw, outcome: regarded(raw.outcome, policy) };
}

function regarded(outcome: Outcome, { policy, by }: CheckPolicy): Outcome {
  if (policy === 'warn' && isUnresolved(outcome)) {
    return { ...outcome, status: 'warn', message: `${outcome.message} (a warning by ${by})` };
  }
  if (policy === 'strict' && outcome.status === 'warn') {
    return { ...outcome, status: 'pending', message: `${outcome.message} (a fault by ${by})` };
  }
  return outcome;
}

/**
 * For a fault that would be blocked, were it not for the policy that makes a
 * warning of what stands behind it: that one.
 *
 * @param seen the raw findings before the policy
 * @param regarded the same, in the same order, under it
 */
export function warningBehind(
  seen: readonly RawFinding[],
  regarded: readonly RawFinding[],
): (raw: RawFinding) => RawFinding | undefined {
  const original = new Map(regarded.map((raw, index) => [raw, seen[index] ?? raw]));
  const isWarned = (raw: RawFinding): boolean =>
    raw.outcome.status === 'warn' && original.get(raw)?.outcome.status !== 'warn';
  const warned = new Set(regarded.filter(isWarned).map((raw) => original.get(raw)));
  if (warned.size === 0) {
    return () => undefined;
  }
  const blockerOf = resolver(seen);
  return (raw) => {
    const before = original.get(raw);
    const root = isUnresolved(raw.outcome) && before !== undefined ? blockerOf(before) : undefined;
    return root !== undefined && warned.has(root) ? root : undefined;
  };
}
