import { stages } from '../checks/check.ts';
import type { Finding } from '../gate/finding.ts';
import type { History, Unsettled } from '../gate/history.ts';
import { iso } from './build-findings.ts';
import type { ReportedHistory, ReportedStage } from './model.ts';
import { worst } from './status.ts';

function reportUnsettled({ from, until }: Unsettled): Required<ReportedStage>['unsettled'] {
  return { from: iso(from), ...(until !== undefined && { until: iso(until) }) };
}

export function reportStages(findings: readonly Finding[], history: History | undefined): readonly ReportedStage[] {
  const byStage = Map.groupBy(findings, ({ stage }) => stage);
  return stages.flatMap((stage) => {
    const status = worst(byStage.get(stage) ?? []);
    const unsettled = history?.unsettled.get(stage);
    return status === undefined
      ? []
      : { stage, status, ...(unsettled !== undefined && { unsettled: reportUnsettled(unsettled) }) };
  });
}

export function reportHistory({ changes, dropped }: History): ReportedHistory {
  return {
    changes: changes.map(({ at, check, node, from, to, message }) => ({
      at: iso(at),
      check,
      ...(node !== undefined && { node }),
      ...(from !== undefined && { from }),
      to,
      message,
    })),
    dropped,
  };
}
