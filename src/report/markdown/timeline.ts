import { count } from '../../checks/text.ts';
import { formatDuration } from '../../values/duration.ts';
import { causeLine } from '../cause-text.ts';
import { durationOf, type Report } from '../model.ts';
import { markdown } from '../sanitize/escape.ts';
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
    ? `${stage}, not healthy at the end :crit, ${time(from)}, ${length}ms`
    : `${stage}, healthy at the end :done, ${time(from)}, ${length}ms`;
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

const maxParts = 4;

/** Such as `+1m12s`: since the start, in whole seconds. */
function after(at: number, { startedAt }: Report): string {
  return `+${formatDuration(Math.max(0, Math.round((at - startedAt) / 1000) * 1000))}`;
}

/** When the causes that are left began, the first ones first: `cp-2: etcd does not answer, since +12s`. */
function unfinished(report: Report): readonly string[] {
  const begun = report.causes.map((cause) => ({ cause, since: after(cause.since ?? report.startedAt, report) }));
  const first = begun.filter(({ since }) => since === '+0s');
  const text = ({ cause, since }: (typeof begun)[number]): string =>
    `${causeLine(cause, 2)}, ${since === '+0s' ? 'from the start' : `since ${since}`}`;
  return [
    ...(first.length > 1 ? [`${count(first.length, 'cause')} from the start`] : first.map(text)),
    ...begun
      .filter(({ since }) => since !== '+0s')
      .toSorted((one, other) => (one.cause.since ?? 0) - (other.cause.since ?? 0))
      .map(text),
  ];
}

/** When stages became healthy, the first ones first: `etcd healthy at +20s`. */
function settled(stages: readonly StageView[], report: Report): readonly string[] {
  const ended = stages.flatMap(({ stage, unsettled }) =>
    unsettled?.until === undefined ? [] : [{ stage, until: unsettled.until }],
  );
  const times = [...Map.groupBy(ended, ({ until }) => until)].toSorted(([one], [other]) => one - other);
  return times.map(
    ([until, same]) => `${same.map(({ stage }) => stage).join(', ')} healthy at ${after(until, report)}`,
  );
}

/** What happened, in a sentence without its full stop. Not escaped. */
function sentence(stages: readonly StageView[], report: Report): string {
  const parts = report.causes.length > 0 ? unfinished(report) : settled(stages, report);
  const more = parts.length - maxParts;
  return `What happened: ${parts.slice(0, maxParts).join('; ')}${more > 0 ? `; and ${more} more` : ''}`;
}

/**
 * What happened in the wait, as a sentence and a folded Mermaid chart, with one bar per stage and without
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
    'title Stages until they were healthy (UTC)',
    'dateFormat YYYY-MM-DD HH:mm:ss',
    `axisFormat ${axis}`,
    `tickInterval ${tick(seconds)}`,
    ...stages.map((stage) => bar(stage, report)),
    '```',
  ];
  return [{ text: fold(markdown(sentence(stages, report), 400), chart.join('\n')), rank: 3 }];
}
