import { nodeIdOf } from '../checks/facts/judged.ts';
import { claimOf } from '../gate/claim.ts';
import type { Finding, VerdictName } from '../gate/finding.ts';
import type { History } from '../gate/history.ts';
import {
  badInputExitCode,
  exitCode,
  failedChecks,
  failedStage,
  healthyNodes,
  unhealthyNodes,
} from '../gate/verdict.ts';
import type { Options } from '../inputs/options.ts';
import type { ServiceLog } from '../observe/logs.ts';
import type { EndpointSnapshot, NodeSnapshot, Snapshot } from '../observe/snapshot.ts';
import { formatHostPort } from '../values/address.ts';
import type { Problem } from '../values/problem.ts';
import { reportCauses, reportFinding } from './build-findings.ts';
import { reportHistory, reportStages } from './build-history.ts';
import { claimText } from './claim.ts';
import type { Report, ReportedCluster, ReportedEndpoint, ReportedNode, ReportedOptions } from './model.ts';
import { redact } from './redact.ts';
import { openRedaction } from './redact-deep.ts';

/** Calls to the Talos API, and the bytes of their questions and answers. */
interface Spent {
  readonly calls: number;
  readonly sent: number;
  readonly received: number;
}

/** What the gate knows when it ends. Times are epoch milliseconds. */
export interface ReportInput {
  /** Of the tool, such as `0.1.0`. */
  readonly version: string;
  /** Undefined where the input could not be used. */
  readonly options: Options | undefined;
  /** The last whole round; undefined where there was none. */
  readonly snapshot: Snapshot | undefined;
  readonly findings: readonly Finding[];
  /** Of all rounds up to the last whole one. */
  readonly history?: History;
  readonly verdict: VerdictName;
  readonly reason: string;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly rounds: number;
  /** Milliseconds. */
  readonly slowestRound?: number;
  readonly spent?: Spent;
  readonly problems?: readonly Problem[];
  /** As the nodes gave them. */
  readonly logs?: readonly ServiceLog[];
}

function reportOptions(options: Options): ReportedOptions {
  return {
    contextName: options.contextName,
    endpoints: options.endpoints.map(formatHostPort),
    controlPlaneNodes: options.controlPlaneNodes,
    workerNodes: options.workerNodes,
    nodes: options.nodes,
    onlyNodes: options.onlyNodes,
    mode: options.mode,
    profile: options.profile,
    ...(options.until && { until: options.until }),
    checks: [...options.policies].map(([check, { policy, input }]) => ({ check, policy, input })),
    ignoreDiagnostics: options.ignoreDiagnostics,
    cordoned: options.cordoned,
    ...(options.minHealthyWorkers && { minHealthyWorkers: options.minHealthyWorkers }),
    expected: options.expected,
    certificate: options.certificate,
    kubernetes: {
      use: options.kubernetes.use,
      kubeconfig: options.kubernetes.kubeconfig !== undefined,
      ...(options.kubernetes.endpoint !== undefined && { endpoint: options.kubernetes.endpoint }),
    },
    waitTimeoutSeconds: options.waitTimeout / 1000,
    stableForSeconds: options.stableFor / 1000,
    retryIntervalSeconds: options.retryInterval / 1000,
    rpcTimeoutSeconds: options.rpcTimeout / 1000,
  };
}

function reportNode(seen: NodeSnapshot): ReportedNode {
  const { node, version } = seen;
  const { name, names, address, addresses, role, source } = node;
  const nodeId = nodeIdOf(seen);
  return {
    name,
    ...(nodeId !== undefined && { nodeId }),
    names,
    address,
    addresses,
    role,
    source,
    ...(version.ok && { talosVersion: version.value.tag }),
  };
}

function reportCluster({ cluster, nodes }: Snapshot): ReportedCluster {
  return { source: cluster.source, workersKnown: cluster.workersKnown, nodes: nodes.map(reportNode) };
}

function reportEndpoint({ endpoint, state, failure }: EndpointSnapshot): ReportedEndpoint {
  return { endpoint, state, ...(failure !== undefined && { reason: failure.message }) };
}

/** The report of how the gate ended, for bad input too, without the secrets that nodes may tell. Pure; keys in the order in which a reader wants them. */
export function buildReport(input: ReportInput): Report {
  const { version, options, snapshot, history, verdict, startedAt, endedAt, rounds } = input;
  const telling = { history, contextName: options?.contextName };
  const { slowestRound = 0, spent, problems = [], logs = [] } = input;
  const { findings } = input;
  // What nodes say comes from outside, and ends up in all of these.
  const clean = openRedaction(snapshot?.cluster.nodes ?? []);
  const stage = failedStage(findings);
  const claim = options && claimOf(findings, snapshot, options);
  return {
    schemaVersion: 2,
    tool: { name: 'talos-health', version },
    verdict,
    exitCode: problems.length > 0 ? badInputExitCode : exitCode(verdict),
    reason: clean(input.reason),
    startedAt: new Date(startedAt).toISOString(),
    durationSeconds: (endedAt - startedAt) / 1000,
    rounds,
    slowestRoundSeconds: slowestRound / 1000,
    ...(spent !== undefined && { calls: spent.calls, bytes: { sent: spent.sent, received: spent.received } }),
    problems,
    ...(options !== undefined && { options: reportOptions(options) }),
    ...(claim !== undefined && { claim: clean(claim) }),
    ...(snapshot !== undefined && { cluster: clean(reportCluster(snapshot)) }),
    endpoints: clean(snapshot?.endpoints.map(reportEndpoint) ?? []),
    stages: reportStages(findings, history),
    causes: clean(reportCauses(findings, snapshot, telling)),
    findings: clean(findings.map((finding) => reportFinding(finding, telling))),
    ...(history !== undefined && { history: clean(reportHistory(history)) }),
    ...(logs.length > 0 && {
      logs: logs.map((log) => ({ ...clean({ node: log.node, service: log.service }), lines: redact(log.lines) })),
    }),
    outputs: {
      healthy: verdict === 'healthy',
      verdict,
      ...(stage !== undefined && { failedStage: stage }),
      failedChecks: failedChecks(findings),
      healthyNodes: clean(healthyNodes(findings)),
      unhealthyNodes: clean(unhealthyNodes(findings)),
      claim: claimText(claim && clean(claim)),
    },
  };
}
