import { controlPlanesOf, healthyWorkersNeeded, workersOf } from '../checks/facts/node-counts.ts';
import { nodeFilter } from '../checks/facts/nodes.ts';
import { namedNodes } from '../checks/facts/reboot.ts';
import { count } from '../checks/text.ts';
import type { CheckOptions } from '../inputs/options.ts';
import type { Snapshot } from '../observe/snapshot.ts';
import { type Excuse, type Finding, isFine } from './finding.ts';
import { ofUpgrades } from './purpose.ts';

/**
 * Reduces faults of nodes that are about to go down to warnings, and then what other inputs tolerate. Whether such a node
 * may go to another version is no fault of it, and counts.
 */
export function tolerate(findings: readonly Finding[], snapshot: Snapshot, options: CheckOptions): readonly Finding[] {
  const going =
    options.safeToReboot === undefined ? [] : namedNodes(snapshot, options).named.map(({ node }) => node.name);
  const words = {
    excused: 'to-reboot',
    why: 'it is about to go down: safe-to-reboot asks whether the others do without it',
  } as const;
  const others = excuse(findings, new Set(going), words, ({ check }) => !ofUpgrades.has(check));
  return tolerateOthers(others, snapshot, options);
}

/**
 * Reduces faults of nodes that are considered gone to warnings, and those of any worker if enough others are healthy.
 * Faults of the caller, and those of control planes or the cluster, remain.
 */
function tolerateOthers(findings: readonly Finding[], snapshot: Snapshot, options: CheckOptions): readonly Finding[] {
  const { present, gone } = workersOf(snapshot, options);
  const goneNames = new Set([...gone, ...controlPlanesOf(snapshot, options).gone].map(({ node }) => node.name));
  if (goneNames.size === 0 && options.minHealthyWorkers === undefined) {
    return findings;
  }
  // If no other node is selected, nothing would be known to be healthy.
  const isSelected = nodeFilter(snapshot, options);
  const isAnyoneLeft = snapshot.nodes.some(({ node }) => isSelected(node) && !goneNames.has(node.name));
  const remaining = excuse(findings, isAnyoneLeft ? goneNames : new Set(), {
    excused: 'gone',
    why: 'it is taken for gone: without it there are as many nodes as there should be',
  });
  const selected = present.filter(({ node }) => isSelected(node)).map(({ node }) => node.name);
  const unhealthy = unhealthyOf(selected, remaining);
  const total = options.expected.workers ?? selected.length;
  const needed = healthyWorkersNeeded(options, total);
  const healthy = selected.length - unhealthy.size;
  const known = snapshot.cluster.workersKnown || options.expected.workers !== undefined;
  if (needed === undefined || !known || healthy < needed) {
    return remaining;
  }
  return excuse(remaining, unhealthy, {
    excused: 'enough-workers',
    why: `${healthy} of ${count(total, 'worker')} healthy, min-healthy-workers asks for ${needed}`,
  });
}

/** Workers with a fault or an unknown state, and those without any check that passed. What another worker explains is no fault of this one. */
function unhealthyOf(workers: readonly string[], findings: readonly Finding[]): ReadonlySet<string> {
  const wrong = new Set<string>();
  const passed = new Set<string>();
  const isOfAnother = ({ node, blockedBy }: Finding): boolean =>
    blockedBy?.node !== undefined && blockedBy.node !== node && workers.includes(blockedBy.node);
  for (const finding of findings) {
    const { node, status } = finding;
    if (node !== undefined && status === 'pass') {
      passed.add(node);
    }
    if (node !== undefined && !isFine(finding) && !isOfAnother(finding)) {
      wrong.add(node);
    }
  }
  return new Set(workers.filter((worker) => wrong.has(worker) || !passed.has(worker)));
}

function excuse(
  findings: readonly Finding[],
  nodes: ReadonlySet<string>,
  { excused, why }: { readonly excused: Excuse; readonly why: string },
  isExcusable: (finding: Finding) => boolean = () => true,
): readonly Finding[] {
  return findings.map((finding) => {
    const { node, status, message, blockedBy, ...rest } = finding;
    if (node === undefined || !nodes.has(node) || !isExcusable(finding)) {
      return finding;
    }
    if (status === 'pending') {
      return { ...rest, node, status: 'warn', message: `${message} (${why})`, excused };
    }
    if (status === 'blocked' && blockedBy?.node !== undefined && nodes.has(blockedBy.node)) {
      return { ...rest, node, status: 'skip', message: `not known, behind ${blockedBy.check}: ${why}`, excused };
    }
    return finding;
  });
}
