import { durationOf, type Report } from '../model.ts';
import { iso } from '../text.ts';
import type { StageView } from '../view.ts';
import { type Block, fold } from './blocks.ts';

/** A time in the format of the chart: in UTC, like the times of logs. */
function time(at: number): string {
  return iso(at).slice(0, 19).replace('T', ' ');
}

/** A bar for the time in which the stage was not healthy; a milestone at the start if it always was. */
function bar({ stage, unsettled }: StageView, { startedAt, endedAt }: Report): string {
  if (unsettled === undefined) {
    return `${stage}, healthy from the start :milestone, done, ${time(startedAt)}, 1ms`;
  }
  const { from, until } = unsettled;
  const length = Math.max(1, Math.round((until ?? endedAt) - from));
  return until === undefined
    ? `${stage}, not well at the end :crit, ${time(from)}, ${length}ms`
    : `${stage}, well in the end :done, ${time(from)}, ${length}ms`;
}

/** The interval of marks on the axis, so that they do not overlap. */
function tick(seconds: number): string {
  const steps: readonly (readonly [number, string])[] = [
    [10, '1second'],
    [60, '10second'],
    [300, '30second'],
    [900, '2minute'],
    [3600, '10minute'],
    [21_600, '1hour'],
  ];
  return steps.find(([most]) => seconds <= most)?.[1] ?? '6hour';
}

/**
 * The convergence as a folded Mermaid chart, with one bar per stage and without
 * texts of nodes. Empty for a single round.
 */
export function timeline(report: Report): Block[] {
  // Without stages that do not apply.
  const stages = report.stages.filter(({ findings }) => findings.some(({ status }) => status !== 'skip'));
  if (report.rounds < 2 || stages.every(({ unsettled }) => unsettled === undefined)) {
    return [];
  }
  const seconds = durationOf(report) / 1000;
  const axis = seconds > 3600 ? '%H:%M' : '%H:%M:%S';
  const chart = [
    '```mermaid',
    'gantt',
    'title Stages until they were well (UTC)',
    'dateFormat YYYY-MM-DD HH:mm:ss',
    `axisFormat ${axis}`,
    `tickInterval ${tick(seconds)}`,
    ...stages.map((stage) => bar(stage, report)),
    '```',
  ];
  return [{ text: fold('Timeline: how it converged', chart.join('\n')), rank: 3 }];
}
