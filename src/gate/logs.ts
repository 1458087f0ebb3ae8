import { serviceTroubles } from '../checks/facts/services.ts';
import type { WantedLog } from '../observe/logs.ts';
import type { NodeSnapshot, Snapshot } from '../observe/snapshot.ts';
import { type Finding, isUnresolved } from './finding.ts';

/** Logs of one report: more would be read by nobody, and would delay the end. */
const mostLogs = 5;

/** Checks whose findings a service's log can explain, with how to find that service. */
const serviceOf: Readonly<Record<string, (node: NodeSnapshot, snapshot: Snapshot) => string | undefined>> = {
  services: (node, snapshot) =>
    node.services.ok ? serviceTroubles(node, node.services.value, snapshot)[0]?.service : undefined,
  'etcd-service': () => 'etcd',
  'node-registered': () => 'kubelet',
  'node-ready': () => 'kubelet',
};

/**
 * The logs worth reading for findings that stand on their own, of nodes that
 * answer. Where there are too many, every service has its first node before
 * one has its second.
 */
export function wantedLogs(findings: readonly Finding[], snapshot: Snapshot): readonly WantedLog[] {
  const nodes = new Map(snapshot.nodes.map((node) => [node.node.name, node]));
  const wanted = new Map<string, WantedLog>();
  for (const finding of findings) {
    const node = nodes.get(finding.node ?? '');
    const service = node === undefined ? undefined : serviceOf[finding.check]?.(node, snapshot);
    if (isUnresolved(finding) && node?.version.ok === true && service !== undefined) {
      wanted.set(JSON.stringify([node.node.name, service]), { node: node.node, service });
    }
  }
  const byService = Map.groupBy(wanted.values(), ({ service }) => service);
  const ranked = [...byService.values()].flatMap((same) => same.map((log, rank) => ({ log, rank })));
  return ranked
    .toSorted((one, other) => one.rank - other.rank)
    .slice(0, mostLogs)
    .map(({ log }) => log);
}
