import type { Check, Outcome } from '../checks/check.ts';
import { nodeFilter } from '../checks/facts/nodes.ts';
import { here, hint, pending, skip } from '../checks/outcome.ts';
import { registry as allChecks } from '../checks/registry.ts';
import type { CheckOptions } from '../inputs/options.ts';
import type { Snapshot } from '../observe/snapshot.ts';
import { type RawFinding, resolver } from './blocking.ts';
import { type Finding, isUnresolved, subjectKey } from './finding.ts';
import { applyPolicy, warningBehind } from './policy.ts';
import { tolerate } from './tolerance.ts';

/**
 * Evaluates one round: every enabled check on every node that it applies to, in the order of the registry and of the
 * nodes, and then applies the caller's policies. Pure. Whatever the snapshot lacks, each enabled check has a finding.
 */
export function evaluate(
  snapshot: Snapshot,
  options: CheckOptions,
  registry: readonly Check[] = allChecks,
): readonly Finding[] {
  const asked = registry.filter((check) => check.enabled?.(options) ?? true);
  const rawFindings = asked.flatMap((check) => evaluateCheck(check, snapshot, options));
  const applied = rawFindings.map((raw) => applyPolicy(raw, options));
  const blockerOf = resolver(applied);
  const behind = warningBehind(rawFindings, applied);
  const findings = applied.map((raw) => finding(raw, blockerOf(raw), behind(raw)));
  const tolerated = tolerate(findings, snapshot, options);
  const excused = new Set(tolerated.filter((one) => one.excused !== undefined).map(subjectKey));
  return tolerated.map((one, index) => {
    const raw = applied[index];
    const isReleased = one.blockedBy !== undefined && excused.has(subjectKey(one.blockedBy));
    return isReleased && raw !== undefined ? released(raw, blockerOf(raw)) : one;
  });
}

function evaluateCheck(check: Check, snapshot: Snapshot, options: CheckOptions): readonly RawFinding[] {
  if (check.scope === 'cluster') {
    return [{ check, outcome: check.evaluate(snapshot, options) }];
  }
  const concerned = snapshot.nodes.filter(({ node }) => check.scope === 'node' || node.role === 'controlplane');
  const isSelected = nodeFilter(snapshot, options);
  const selected = concerned.filter(({ node }) => isSelected(node));
  if (selected.length === 0) {
    return [
      {
        check,
        outcome: notApplicable(
          check.scope,
          concerned.length > 0 && snapshot.nodes.some(({ node }) => isSelected(node)),
        ),
      },
    ];
  }
  return selected.map((node) => ({ check, node: node.node.name, outcome: check.evaluate(node, snapshot, options) }));
}

/** The outcome of a check that applies to none of the selected nodes: skipped only if the caller excluded them. */
function notApplicable(scope: 'node' | 'control-plane', leftOut: boolean): Outcome {
  return scope === 'control-plane' && leftOut
    ? skip('none of the nodes to judge is a control plane')
    : pending('there is no node to judge', hint('See first who is in the cluster.'), here('topology'));
}

/**
 * A finding whose cause does not count: it is no longer blocked. If its fault is only that of the other node, it is a warning.
 */
function released(raw: RawFinding, root: RawFinding | undefined): Finding {
  const own = finding(raw, undefined, root);
  return raw.check.ofEachNode && own.status === 'pending' ? { ...own, status: 'warn' } : own;
}

function finding(
  { check, node, outcome }: RawFinding,
  blocker: RawFinding | undefined,
  warning: RawFinding | undefined,
): Finding {
  const subject = { check: check.id, stage: check.stage, ...(node === undefined ? {} : { node }) };
  if (blocker === undefined) {
    const { status, message, hint: advice, unknown } = outcome;
    const text = warning === undefined ? message : `${message}; behind it stands ${nameOf(warning)}, a mere warning`;
    return { ...subject, status, message: text, ...(advice && { hint: advice }), ...(unknown && { unknown }) };
  }
  const blockedBy = {
    check: blocker.check.id,
    ...(blocker.node === undefined ? {} : { node: blocker.node }),
  };
  // A finding that could not be evaluated says nothing about its subject.
  const isUnknown = outcome.unknown === true || !isUnresolved(outcome);
  return { ...subject, status: 'blocked', message: outcome.message, blockedBy, ...(isUnknown && { unknown: true }) };
}

function nameOf({ check, node }: RawFinding): string {
  return node === undefined ? check.id : `${check.id} on ${node}`;
}
