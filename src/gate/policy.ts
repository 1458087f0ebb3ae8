import type { Outcome } from '../checks/check.ts';
import { skip } from '../checks/outcome.ts';
import type { CheckOptions } from '../inputs/options.ts';
import type { CheckPolicy } from '../inputs/policies.ts';
import { type Judgement, resolver } from './blocking.ts';
import { isUnresolved } from './finding.ts';

/**
 * What the caller's policy makes of a judgement. What is skipped is neither
 * blocked nor blocks. A fault that is only a warning stands in nobody's way either: what
 * depends on it is judged by what it sees itself, so that a warning can hide no second fault.
 */
export function underPolicy(judgement: Judgement, { policies }: CheckOptions): Judgement {
  const policy = policies.get(judgement.check.id);
  if (policy === undefined) {
    return judgement;
  }
  return policy.policy === 'skip'
    ? { ...judgement, outcome: skip(`left out by ${policy.by}`), leftOut: true }
    : { ...judgement, outcome: regarded(judgement.outcome, policy) };
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
 * @param seen the judgements before the policy
 * @param regarded the same, in the same order, under it
 */
export function warningBehind(
  seen: readonly Judgement[],
  regarded: readonly Judgement[],
): (judgement: Judgement) => Judgement | undefined {
  const original = new Map(regarded.map((judgement, index) => [judgement, seen[index] ?? judgement]));
  const isWarned = (judgement: Judgement): boolean =>
    judgement.outcome.status === 'warn' && original.get(judgement)?.outcome.status !== 'warn';
  const warned = new Set(regarded.filter(isWarned).map((judgement) => original.get(judgement)));
  if (warned.size === 0) {
    return () => undefined;
  }
  const blockerOf = resolver(seen);
  return (judgement) => {
    const before = original.get(judgement);
    const root = isUnresolved(judgement.outcome) && before !== undefined ? blockerOf(before) : undefined;
    return root !== undefined && warned.has(root) ? root : undefined;
  };
}
