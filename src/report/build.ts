import { nodeIdOf } from '../checks/facts/judged.ts';
import { claimOf } from '../gate/claim.ts';
import type { VerdictName } from '../gate/finding.ts';
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
import { claimText } from './claim.ts';
import type { Report, ReportedCluster, ReportedEndpoint, ReportedNode, ReportedOptions, Usage } from './model.ts';
import { openRedaction, redact } from './redact.ts';
import { type Seen, viewOf } from './view.ts';

/** What the gate knows when it ends: the last whole round, if there was one. Times are epoch milliseconds. */
export interface ReportInput extends Seen {
  /** Of the tool, such as `0.1.0`. */
  readonly version: string;
  /** Undefined if the input could not be used. */
  readonly options: Options | undefined;
  readonly verdict: VerdictName;
  readonly reason: string;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly rounds: number;
  /** Milliseconds. */
  readonly slowestRound?: number;
  readonly usage?: Usage;
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

/** The report of how the gate ended, for bad input too, without the secrets that nodes may tell. Pure. */
export function buildReport(input: ReportInput): Report {
  const { options, snapshot, history, verdict, usage, problems = [], logs = [] } = input;
  const view = viewOf(input, options?.contextName);
  // What nodes say comes from outside, and ends up in all of these.
  const clean = openRedaction(snapshot?.cluster.nodes ?? []);
  const stage = failedStage(view.findings);
  const claim = options && clean(claimOf(input.findings, snapshot, options));
  return {
    ...view,
    version: input.version,
    verdict,
    exitCode: problems.length > 0 ? badInputExitCode : exitCode(verdict),
    reason: clean(input.reason),
    startedAt: input.startedAt,
    endedAt: input.endedAt,
    rounds: input.rounds,
    slowestRound: input.slowestRound ?? 0,
    ...(usage !== undefined && { usage }),
    problems,
    ...(options !== undefined && { options: reportOptions(options) }),
    ...(claim !== undefined && { claim }),
    ...(snapshot !== undefined && { cluster: clean(reportCluster(snapshot)) }),
    endpoints: clean(snapshot?.endpoints.map(reportEndpoint) ?? []),
    ...(history !== undefined && {
      history: { at: history.at, changes: clean(history.changes), dropped: history.dropped },
    }),
    logs: logs.map((log) => ({ ...clean({ node: log.node, service: log.service }), lines: redact(log.lines) })),
    outputs: {
      healthy: verdict === 'healthy',
      verdict,
      ...(stage !== undefined && { failedStage: stage }),
      failedChecks: failedChecks(view.findings),
      healthyNodes: healthyNodes(view.findings),
      unhealthyNodes: unhealthyNodes(view.findings),
      claim: claimText(claim),
    },
  };
}
