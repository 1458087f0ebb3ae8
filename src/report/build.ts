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
import type { Snapshot } from '../observe/snapshot.ts';
import type { Problem } from '../values/problem.ts';
import { changesSince } from './changes.ts';
import { claimText } from './claim.ts';
import { reportCluster, reportEndpoint } from './cluster.ts';
import type { Report, ReportedBaseline, Usage } from './model.ts';
import { reportOptions } from './options.ts';
import { openRedaction, redact } from './sanitize/redact.ts';
import { titleOf } from './title.ts';
import { type ViewInput, viewOf } from './view.ts';

/** The state of the gate at its end, with the last whole round, if any. Times are epoch milliseconds. */
export interface ReportInput extends ViewInput {
  /** Of the tool, such as `0.1.0`. */
  readonly version: string;
  /** The input, for a report without options; not sanitized. */
  readonly title?: string;
  /** Undefined if the input is invalid. */
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
  /** Not redacted yet. */
  readonly logs?: readonly ServiceLog[];
}

function baselineOf(snapshot: Snapshot, options: Options): ReportedBaseline | undefined {
  const { baseline } = options;
  return (
    baseline && {
      startedAt: baseline.startedAt,
      findings: baseline.findings,
      cluster: { nodes: baseline.nodes },
      changes: changesSince(snapshot, options),
    }
  );
}

/** The report of a run, also of one with invalid input, with secrets redacted. Pure. */
export function buildReport(input: ReportInput): Report {
  const { options, snapshot, history, verdict, usage, problems = [], logs = [] } = input;
  const view = viewOf(input, options?.contextName);
  // Texts of nodes are untrusted, and all of these may quote them.
  const clean = openRedaction(snapshot?.cluster.nodes ?? []);
  const stage = failedStage(view.findings);
  const title = titleOf(input.title, options?.title, options?.contextName);
  const baseline = snapshot && options && baselineOf(snapshot, options);
  const claim = options && clean(claimOf(input.findings, snapshot, options));
  return {
    ...view,
    version: input.version,
    ...(title !== undefined && { title }),
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
    ...(baseline !== undefined && { baseline: clean(baseline) }),
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
