import type { Check, Outcome } from '../checks/check.ts';
import { nodeFilter } from '../checks/facts/nodes.ts';
import { here, hint, pending, skip } from '../checks/outcome.ts';
import { registry as allChecks } from '../checks/registry.ts';
import type { CheckOptions } from '../inputs/options.ts';
import type { Snapshot } from '../observe/snapshot.ts';
import { type RawFinding, resolver } from './blocking.ts';
import { type Finding, isUnresolved, subjectKey } from './finding.ts';
import { underPolicy, warningBehind } from './policy.ts';
import { tolerate } from './tolerance.ts';

/**
 * Judges one round: every check on every node that it concerns, in the order of
 * the registry, nodes in the order of the cluster, and what the caller's policy makes of it. Pure, and total:
 * whatever the snapshot lacks, each check that is asked for has at least one finding.
 */
export function evaluate(
  snapshot: Snapshot,
  options: CheckOptions,
  registry: readonly Check[] = allChecks,
): readonly Finding[] {
  const asked = registry.filter((check) => check.enabled?.(options) ?? true);
  const seen = asked.flatMap((check) => judge(check, snapshot, options));
  const rawFindings = seen.map((raw) => underPolicy(raw, options));
  const blockerOf = resolver(rawFindings);
  const behind = warningBehind(seen, rawFindings);
  const findings = rawFindings.map((raw) => finding(raw, blockerOf(raw), behind(raw)));
  const tolerated = tolerate(findings, snapshot, options);
  const excused = new Set(tolerated.filter((one) => one.excused !== undefined).map(subjectKey));
  return tolerated.map((one, index) => {
    const raw = rawFindings[index];
    const isReleased = one.blockedBy !== undefined && excused.has(subjectKey(one.blockedBy));
    return isReleased && raw !== undefined ? released(raw, blockerOf(raw)) : one;
  });
}

function judge(check: Check, snapshot: Snapshot, options: CheckOptions): readonly RawFinding[] {
  if (check.scope === 'cluster') {
    return [{ check, outcome: check.evaluate(snapshot, options) }];
  }
  const concerned = snapshot.nodes.filter(({ node }) => check.scope === 'node' || node.role === 'controlplane');
  const isJudged = nodeFilter(snapshot, options);
  const judged = concerned.filter(({ node }) => isJudged(node));
  if (judged.length === 0) {
    return [
      {
        check,
        outcome: nobody(check.scope, concerned.length > 0 && snapshot.nodes.some(({ node }) => isJudged(node))),
      },
    ];
  }
  return judged.map((node) => ({ check, node: node.node.name, outcome: check.evaluate(node, snapshot, options) }));
}

/** The finding of a check that concerns none of the nodes to judge: only what the caller left out on purpose is skipped. */
function nobody(scope: 'node' | 'control-plane', leftOut: boolean): Outcome {
  return scope === 'control-plane' && leftOut
    ? skip('none of the nodes to judge is a control plane')
    : pending('there is no node to judge', hint('See first who is in the cluster.'), here('topology'));
}

/** A finding whose cause does not count: it stands on its own, unless it is but the sum of its nodes. */
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
    const seen = warning === undefined ? message : `${message}; behind it stands ${nameOf(warning)}, a mere warning`;
    return { ...subject, status, message: seen, ...(advice && { hint: advice }), ...(unknown && { unknown }) };
  }
  const blockedBy = {
    check: blocker.check.id,
    ...(blocker.node === undefined ? {} : { node: blocker.node }),
  };
  // What is only in the way of a look says nothing of what would be seen.
  const isUnknown = outcome.unknown === true || !isUnresolved(outcome);
  return { ...subject, status: 'blocked', message: outcome.message, blockedBy, ...(isUnknown && { unknown: true }) };
}

function nameOf({ check, node }: RawFinding): string {
  return node === undefined ? check.id : `${check.id} on ${node}`;
}
