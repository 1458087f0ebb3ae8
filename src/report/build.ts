import { stages } from '../checks/check.ts';
import { formatHostPort } from '../config/address.ts';
import type { Options } from '../config/options.ts';
import type { Problem } from '../config/problem.ts';
import type { VerdictName } from '../gate/finding.ts';
import {
  badInputExitCode,
  exitCode,
  failedChecks,
  failedStage,
  healthyNodes,
  unhealthyNodes,
} from '../gate/verdict.ts';
import type { EndpointSnapshot, NodeSnapshot, Snapshot } from '../observe/snapshot.ts';
import type {
  Report,
  ReportedCluster,
  ReportedEndpoint,
  ReportedFinding,
  ReportedNode,
  ReportedOptions,
  ReportedStage,
} from './model.ts';
import { worst } from './status.ts';

/** What the gate knows when it ends. Times are epoch milliseconds. */
export interface ReportInput {
  /** Of the tool, such as `0.1.0`. */
  readonly version: string;
  /** Undefined where the input could not be used. */
  readonly options: Options | undefined;
  /** The last whole round; undefined where there was none. */
  readonly snapshot: Snapshot | undefined;
  readonly findings: readonly ReportedFinding[];
  readonly verdict: VerdictName;
  readonly reason: string;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly rounds: number;
  readonly calls?: number;
  readonly problems?: readonly Problem[];
}

function reportOptions(options: Options): ReportedOptions {
  return {
    contextName: options.contextName,
    endpoints: options.endpoints.map(formatHostPort),
    controlPlaneNodes: options.controlPlaneNodes,
    workerNodes: options.workerNodes,
    nodes: options.nodes,
    onlyNodes: options.onlyNodes,
    waitTimeoutSeconds: options.waitTimeout / 1000,
    retryIntervalSeconds: options.retryInterval / 1000,
    rpcTimeoutSeconds: options.rpcTimeout / 1000,
  };
}

function reportNode({ node, version }: NodeSnapshot): ReportedNode {
  const { name, address, addresses, role, source } = node;
  return { name, address, addresses, role, source, ...(version.ok && { talosVersion: version.value.tag }) };
}

function reportCluster({ cluster, nodes }: Snapshot): ReportedCluster {
  return { source: cluster.source, workersKnown: cluster.workersKnown, nodes: nodes.map(reportNode) };
}

function reportEndpoint({ endpoint, state, failure }: EndpointSnapshot): ReportedEndpoint {
  return { endpoint, state, ...(failure !== undefined && { reason: failure.message }) };
}

/** A copy with its keys in a fixed order, whatever order a check wrote them in. */
function reportFinding(finding: ReportedFinding): ReportedFinding {
  const { check, stage, node, status, message, blockedBy, hint, firstSeenAt, lastSeenAt } = finding;
  return {
    check,
    stage,
    ...(node !== undefined && { node }),
    status,
    message,
    ...(blockedBy !== undefined && { blockedBy }),
    ...(hint !== undefined && { hint }),
    ...(firstSeenAt !== undefined && { firstSeenAt }),
    ...(lastSeenAt !== undefined && { lastSeenAt }),
  };
}

function reportStages(findings: readonly ReportedFinding[]): ReportedStage[] {
  const byStage = Map.groupBy(findings, ({ stage }) => stage);
  return stages.flatMap((stage) => {
    const status = worst(byStage.get(stage) ?? []);
    return status === undefined ? [] : { stage, status };
  });
}

/** The report of how the gate ended, for bad input too. Pure; keys in the order in which a reader wants them. */
export function buildReport(input: ReportInput): Report {
  const { version, options, snapshot, verdict, startedAt, endedAt, rounds, calls, problems = [] } = input;
  const findings = input.findings.map(reportFinding);
  const stage = failedStage(findings);
  return {
    schemaVersion: 1,
    tool: { name: 'talos-health', version },
    verdict,
    exitCode: problems.length > 0 ? badInputExitCode : exitCode(verdict),
    reason: input.reason,
    startedAt: new Date(startedAt).toISOString(),
    durationSeconds: (endedAt - startedAt) / 1000,
    rounds,
    ...(calls !== undefined && { calls }),
    problems,
    ...(options !== undefined && { options: reportOptions(options) }),
    ...(snapshot !== undefined && { cluster: reportCluster(snapshot) }),
    endpoints: snapshot?.endpoints.map(reportEndpoint) ?? [],
    stages: reportStages(findings),
    findings,
    outputs: {
      healthy: verdict === 'healthy',
      verdict,
      ...(stage !== undefined && { failedStage: stage }),
      failedChecks: failedChecks(findings),
      healthyNodes: healthyNodes(findings),
      unhealthyNodes: unhealthyNodes(findings),
    },
  };
}
