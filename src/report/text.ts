import { count } from '../checks/text.ts';
import { nodesOf } from '../gate/finding.ts';
import { formatDuration } from '../values/duration.ts';
import { nameBlamed } from './cause-text.ts';
import { claimText } from './claim.ts';
import type { ReportedCluster } from './cluster.ts';
import { durationOf, type Report } from './model.ts';
import { truncate } from './sanitize/sanitize.ts';

/** A time in epoch milliseconds as ISO 8601. */
export function iso(at: number): string {
  return new Date(at).toISOString();
}

/** Bytes in a readable unit: `512 B`, `4.7 MiB`. */
export function size(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB'];
  const power = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10));
  const amount = bytes / 1024 ** power;
  return `${power === 0 ? amount : amount.toFixed(1)} ${units[power]}`;
}

/** The verdict as a headline with its symbol, and with the claim if that does not cover the whole cluster. Not escaped. */
export function headline({ verdict, problems, claim }: Report): string {
  switch (verdict) {
    case 'healthy': {
      const scope = claimText(claim);
      return scope === '' ? '✅ The cluster is healthy' : `✅ Healthy as far as judged: ${scope}`;
    }
    case 'unhealthy':
      return '❌ The cluster is not healthy';
    case 'cancelled':
      return '🛑 Cancelled before the cluster was seen healthy';
    case 'error':
      return problems.length > 0 ? '❌ Invalid input' : '❌ The cluster cannot be judged';
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

/** Graphemes of the cause in the headline. */
const maxCause = 160;

/** The first thing to fix, and how many more there are. Not escaped. */
function causeText([first, ...others]: Report['causes']): string | undefined {
  if (first === undefined) {
    return undefined;
  }
  const more = others.length === 0 ? '' : ` (and ${count(others.length, 'more cause')})`;
  return `${truncate(`${nameBlamed(first, 3)}: ${first.title}`, maxCause)}${more}`;
}

/** The verdict with its first cause, and the reason. Not escaped. */
export function verdictText(report: Report): string {
  const { reason, verdict, claim, causes } = report;
  const cause = verdict === 'unhealthy' || verdict === 'error' ? causeText(causes) : undefined;
  if (cause !== undefined) {
    const result = verdict === 'unhealthy' ? '❌ Not healthy' : '❌ Cannot be judged';
    return [`${result}: ${cause}`, reason].filter((part) => part !== '').join(', ');
  }
  // A headline with a claim already has a colon.
  const separator = verdict === 'healthy' && claim?.narrowed ? '; ' : ': ';
  return [headline(report), reason].filter((part) => part !== '').join(separator);
}

/** A sentence about the cluster, its nodes and the duration, and the claim unless the headline has it. Not escaped. */
export function about(report: Report): string {
  const { options, cluster, rounds, outputs, findings } = report;
  const time = `${formatDuration(durationOf(report))} and ${count(rounds, 'round')}`;
  const which = options === undefined ? '' : `Context ${options.contextName}: `;
  if (cluster === undefined) {
    return `${which}no node was seen, after ${time}.`;
  }
  const selected = nodesOf(findings).length;
  const judged = options === undefined || options.onlyNodes.length === 0 ? cluster.nodes.length : selected;
  const claimed = report.verdict === 'healthy' ? '' : claimText(report.claim);
  return [
    `${which}${describeNodes(cluster)}, ${describeHealth(outputs, judged)}, after ${time}.`,
    ...(claimed === '' ? [] : [`Judged: ${claimed}.`]),
  ].join(' ');
}
