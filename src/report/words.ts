import { formatDuration } from '../config/duration.ts';
import type { Report, ReportedCluster } from './model.ts';

/** `1 node`, `3 nodes`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/** Bytes for people: `512 B`, `4.7 MiB`. */
export function size(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB'];
  const power = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10));
  const amount = bytes / 1024 ** power;
  return `${power === 0 ? amount : amount.toFixed(1)} ${units[power]}`;
}

/** The verdict as a headline, with its symbol. */
export function headline({ verdict, problems }: Report): string {
  switch (verdict) {
    case 'healthy':
      return '✅ The cluster is healthy';
    case 'unhealthy':
      return '❌ The cluster is not healthy';
    case 'cancelled':
      return '🛑 Cancelled before the cluster was seen healthy';
    case 'error':
      return problems.length > 0 ? '❌ The input cannot be used' : '❌ The cluster cannot be judged';
  }
}

function describeNodes({ nodes, workersKnown }: ReportedCluster): string {
  const controlPlanes = nodes.filter(({ role }) => role === 'controlplane').length;
  const workers = workersKnown ? count(nodes.length - controlPlanes, 'worker') : 'workers unknown';
  return `${count(nodes.length, 'node')} (${count(controlPlanes, 'control plane')}, ${workers})`;
}

function describeHealth({ healthyNodes, unhealthyNodes }: Report['outputs'], nodes: number): string {
  const unclear = nodes - healthyNodes.length - unhealthyNodes.length;
  const parts = [
    `${healthyNodes.length} healthy`,
    ...(unhealthyNodes.length > 0 ? [`${unhealthyNodes.length} not`] : []),
    ...(unclear > 0 ? [`${unclear} unknown`] : []),
  ];
  return parts.join(', ');
}

/** Which cluster, how many nodes, how long, in one sentence. Not escaped. */
export function about(report: Report): string {
  const { options, cluster, rounds, outputs } = report;
  const time = `${formatDuration(report.durationSeconds * 1000)} and ${count(rounds, 'round')}`;
  const which = options === undefined ? '' : `Context ${options.contextName}: `;
  if (cluster === undefined) {
    return `${which}no node was seen, after ${time}.`;
  }
  const judged = options === undefined || options.onlyNodes.length === 0 ? cluster.nodes.length : countJudged(report);
  const scope = judged === cluster.nodes.length ? '' : `, ${judged} of them judged`;
  return `${which}${describeNodes(cluster)}${scope}, ${describeHealth(outputs, judged)}, after ${time}.`;
}

function countJudged({ findings }: Report): number {
  return new Set(findings.flatMap(({ node }) => (node === undefined ? [] : [node]))).size;
}
