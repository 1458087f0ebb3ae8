import { count } from '../checks/text.ts';
import { inWords } from '../diagnosis/raw-error.ts';
import { nodesOf } from '../gate/finding.ts';
import { formatDuration } from '../values/duration.ts';
import { causeLine } from './cause-text.ts';
import { claimText } from './claim.ts';
import type { ReportedCluster } from './cluster.ts';
import { commandFailed } from './comparison.ts';
import { durationOf, type Report } from './model.ts';
import { truncateAtPart } from './sanitize/sanitize.ts';
import { withTitle } from './title.ts';

/** A time in epoch milliseconds as ISO 8601. */
export function iso(at: number): string {
  return new Date(at).toISOString();
}

/** The time of day in UTC, such as `03:08:11`. */
export function clock(at: number): string {
  return iso(at).slice(11, 19);
}

/** The verdict in words, with the claim if that does not cover the whole cluster. */
function resultText({ verdict, problems, claim }: Report): string {
  switch (verdict) {
    case 'healthy': {
      const scope = claimText(claim);
      return scope === '' ? 'healthy' : `healthy as far as judged: ${scope}`;
    }
    case 'unhealthy':
      return 'not healthy';
    case 'cancelled':
      return 'cancelled before the cluster was seen healthy';
    case 'error':
      return problems.length > 0 ? 'invalid input' : 'cannot be judged';
  }
}

const symbols: Readonly<Record<Report['verdict'], string>> = {
  healthy: '✅',
  unhealthy: '❌',
  cancelled: '🛑',
  error: '❌',
};

/** A symbol and a text, with the name of the gate between them: `❌ prod: not healthy`, or `❌ Not healthy` without a name. */
function withSymbol(symbol: string, { title }: Report, text: string): string {
  return `${symbol} ${title === undefined ? text.charAt(0).toUpperCase() + text.slice(1) : withTitle(title, text)}`;
}

/** The verdict as a headline with its symbol, the name of the gate, and the claim if it is narrowed. Not escaped. */
export function headline(report: Report): string {
  return withSymbol(symbols[report.verdict], report, resultText(report));
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
  return `${truncateAtPart(causeLine(first, 3), maxCause)}${more}`;
}

/** The last part of a reason in server mode, which a cause says already. */
const serverMessage = /; the last message of .*$/;

/** The reason in words. */
function reasonInHeadline({ reason, causes }: Report): string {
  if (reason === '') {
    return '';
  }
  const words = inWords(reason);
  return causes.length > 0 ? words.replace(serverMessage, '') : words;
}

/** The verdict with its first cause, and the reason. Not escaped. */
export function verdictText(report: Report): string {
  const { verdict, claim, causes } = report;
  const reason = reasonInHeadline(report);
  const cause = verdict === 'unhealthy' || verdict === 'error' ? causeText(causes) : undefined;
  if (cause !== undefined) {
    return [`${headline(report)}: ${cause}`, reason].filter((part) => part !== '').join(', ');
  }
  const separator = verdict === 'error' || verdict === 'cancelled' ? ': ' : claim?.narrowed ? '; ' : ', ';
  return [headline(report), reason].filter((part) => part !== '').join(separator);
}

/** Of the job: the verdict, or the command if that failed and the cluster is healthy. Not escaped. */
export function outcomeText(report: Report): string {
  return report.verdict === 'healthy' && commandFailed(report)
    ? withSymbol('❌', report, 'the command failed')
    : verdictText(report);
}

/** A sentence about the cluster, its nodes and the duration; the claim and the whole reason unless the headline has them. Not escaped. */
export function about(report: Report): string {
  const { title, options, cluster, rounds, outputs, findings, reason } = report;
  const time = `${formatDuration(durationOf(report))} and ${count(rounds, 'round')}`;
  // By default the headline has it.
  const which = options === undefined || options.contextName === title ? '' : `Context ${options.contextName}: `;
  const quoted = reasonInHeadline(report) === reason ? [] : [`In full: ${reason}.`];
  if (cluster === undefined) {
    return [`${which === '' ? 'No' : `${which}no`} node was seen, after ${time}.`, ...quoted].join(' ');
  }
  const selected = nodesOf(findings).length;
  const judged = options === undefined || options.onlyNodes.length === 0 ? cluster.nodes.length : selected;
  const claimed = report.verdict === 'healthy' ? '' : claimText(report.claim);
  return [
    `${which}${describeNodes(cluster)}, ${describeHealth(outputs, judged)}, after ${time}.`,
    ...(claimed === '' ? [] : [`Judged: ${claimed}.`]),
    ...quoted,
  ].join(' ');
}
