import { serviceTroubles } from '../checks/facts/services.ts';
import type { WantedLog } from '../observe/logs.ts';
import type { NodeSnapshot, Snapshot } from '../observe/snapshot.ts';
import { type Finding, isUnresolved } from './finding.ts';

/** Maximum number of logs per report: fetching more would delay the end. */
const maxLogs = 5;

/** The checks whose findings a service's log can explain, and the service. */
const serviceOf: Readonly<Record<string, (node: NodeSnapshot, snapshot: Snapshot) => string | undefined>> = {
  services: (node, snapshot) =>
    node.services.ok ? serviceTroubles(node, node.services.value, snapshot)[0]?.service : undefined,
  'etcd-service': () => 'etcd',
  'node-registered': () => 'kubelet',
  'node-ready': () => 'kubelet',
};

/**
 * Selects the logs that may explain unresolved findings, of nodes that answer. If there are too many, every service has
 * a first node before any has a second.
 */
export function wantedLogs(findings: readonly Finding[], snapshot: Snapshot): readonly WantedLog[] {
  const nodes = new Map(snapshot.nodes.map((node) => [node.node.name, node]));
  const wanted = new Map<string, WantedLog>();
  for (const finding of findings) {
    const node = nodes.get(finding.node ?? '');
    const service = node === undefined ? undefined : serviceOf[finding.check]?.(node, snapshot);
    if (isUnresolved(finding) && node?.version.ok === true && service !== undefined) {
      wanted.set(JSON.stringify([node.node.name, service]), {
        node: node.node,
        address: node.answeredAt ?? node.node.address,
        service,
      });
    }
  }
  const byService = Map.groupBy(wanted.values(), ({ service }) => service);
  const ranked = [...byService.values()].flatMap((same) => same.map((log, rank) => ({ log, rank })));
  return ranked
    .toSorted((one, other) => one.rank - other.rank)
    .slice(0, maxLogs)
    .map(({ log }) => log);
}
