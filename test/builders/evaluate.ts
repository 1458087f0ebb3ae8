import assert from 'node:assert/strict';
import { evaluate } from '../../src/gate/evaluate.ts';
import type { Finding } from '../../src/gate/finding.ts';
import type { CheckOptions } from '../../src/inputs/options.ts';
import type { Snapshot } from '../../src/observe/snapshot.ts';
import { type Fault, withFaults } from './faults.ts';
import { withKubernetes } from './kubernetes.ts';
import { healthySnapshot } from './snapshot.ts';

export const options: CheckOptions = {
  contextName: 'test',
  onlyNodes: [],
  policies: new Map(),
  ignoreDiagnostics: [],
  cordoned: 'fail',
  expected: {},
  certificate: { minDays: 14, expiry: 'warn' },
};

/** The findings of a cluster of 3 control planes and 2 workers with these faults, with access to the Kubernetes API. */
export function findingsWith(...faults: readonly Fault[]): readonly Finding[] {
  return evaluate(withFaults(withKubernetes(healthySnapshot()), ...faults), options);
}

/** `check`, or `check node`. */
export function subject({ check, node }: { readonly check: string; readonly node?: string }): string {
  return node === undefined ? check : `${check} ${node}`;
}

/** The subjects of the unresolved findings (pending or failed), in order. */
export function unresolved(findings: readonly Finding[]): readonly string[] {
  return findings.filter(({ status }) => status === 'pending' || status === 'fail').map(subject);
}

/** The only finding of this check (on this node). */
export function findingOf(findings: readonly Finding[], check: string, node?: string): Finding {
  const found = findings.filter((finding) => finding.check === check && finding.node === node);
  const [finding] = found;
  assert.ok(
    finding !== undefined && found.length === 1,
    `${found.length} findings of ${check} on ${node ?? 'the cluster'}`,
  );
  return finding;
}

/** A finding on one line: `pending: etcd is Preparing: Running pre state`. */
export function line(findings: readonly Finding[], check: string, node?: string): string {
  const { status, message, blockedBy } = findingOf(findings, check, node);
  return blockedBy === undefined ? `${status}: ${message}` : `${status} by ${subject(blockedBy)}: ${message}`;
}

/** The line of one check in a snapshot. */
export function findingLine(
  snapshot: Snapshot,
  check: string,
  node?: string,
  given: Partial<CheckOptions> = {},
): string {
  return line(evaluate(snapshot, { ...options, ...given }), check, node);
}
