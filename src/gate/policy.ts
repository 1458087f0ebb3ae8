import type { Outcome } from '../checks/check.ts';
import { skip } from '../checks/outcome.ts';
import type { CheckOptions } from '../inputs/options.ts';
import type { CheckPolicy } from '../inputs/policies.ts';
import { type RawFinding, resolver } from './blocking.ts';
import { isUnresolved } from './finding.ts';

/**
 * Applies the caller's policy to a raw finding. A skipped check neither is blocked nor blocks. A fault that is reduced
 * to a warning does not block either: dependent checks have their own outcome, so that a warning cannot hide a second
 * fault.
 */
export function applyPolicy(raw: RawFinding, { policies }: CheckOptions): RawFinding {
  const policy = policies.get(raw.check.id);
  if (policy === undefined) {
    return raw;
  }
  return policy.policy === 'skip'
    ? { ...raw, outcome: skip(`left out by ${policy.by}`), skippedByPolicy: true }
    : { ...raw, outcome: applyTo(raw.outcome, policy) };
}

function applyTo(outcome: Outcome, { policy, by }: CheckPolicy): Outcome {
  if (policy === 'warn' && isUnresolved(outcome)) {
    return { ...outcome, status: 'warn', message: `${outcome.message} (a warning by ${by})` };
  }
  if (policy === 'strict' && outcome.status === 'warn') {
    return { ...outcome, status: 'pending', message: `${outcome.message} (a fault by ${by})` };
  }
  return outcome;
}

/**
 * For a fault that would be blocked if a policy had not reduced its cause to a warning: that cause.
 *
 * @param rawFindings the raw findings before the policies
 * @param applied the same findings in the same order, after the policies
 */
export function warningBehind(
  rawFindings: readonly RawFinding[],
  applied: readonly RawFinding[],
): (raw: RawFinding) => RawFinding | undefined {
  const original = new Map(applied.map((raw, index) => [raw, rawFindings[index] ?? raw]));
  const isWarned = (raw: RawFinding): boolean =>
    raw.outcome.status === 'warn' && original.get(raw)?.outcome.status !== 'warn';
  const warned = new Set(applied.filter(isWarned).map((raw) => original.get(raw)));
  if (warned.size === 0) {
    return () => undefined;
  }
  const blockerOf = resolver(rawFindings);
  return (raw) => {
    const before = original.get(raw);
    const root = isUnresolved(raw.outcome) && before !== undefined ? blockerOf(before) : undefined;
    return root !== undefined && warned.has(root) ? root : undefined;
  };
}
