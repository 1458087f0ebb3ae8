import type { Status } from '../../checks/check.ts';
import { count } from '../../checks/text.ts';
import { problemText } from '../../values/problem.ts';

import { causeLine, consequencesText, forHowLong, quotedError } from '../cause-text.ts';
import { broken, commandFailed, describeCommand, differences } from '../comparison.ts';

import { nameNodes, warnings } from '../groups.ts';
import type { Report } from '../model.ts';
import { logLine } from '../sanitize/escape.ts';
import { finalStatus, symbol } from '../status.ts';
import { about, verdictText } from '../text.ts';
import { type Tone, toneOf, withoutColour } from './colour.ts';
import { section, stageLines, type TextView } from './stage-lines.ts';

/** Limits for a terminal; the JSON report has everything. */
const maxEntries = 20;
const maxNodes = 10;
const maxCommands = 6;

/** Causes in the short text. */
const maxShortEntries = 5;

/** A cause or a warning: its headline, the check that reports it, what it means, and what to do. */
interface Entry {
  readonly status: Status;
  readonly headline: string;
  readonly check: string;
  readonly hints: readonly string[];
  readonly commands: readonly string[];
}

function causeEntries({ causes, endedAt }: Report): Entry[] {
  return causes.map((cause) => ({
    status: cause.status,
    headline: causeLine(cause, maxNodes),
    check: `${cause.check}${forHowLong(cause, endedAt)}${consequencesText(cause)}`,
    hints: [quotedError(cause) ?? '', cause.explanation, cause.hint.text].filter((text) => text !== ''),
    commands: cause.hint.commands,
  }));
}

function warningEntries(report: Report): Entry[] {
  return warnings(report).map(({ stage, nodes, message, ...rest }) => ({
    ...rest,
    headline: `${stage}: ${nameNodes(nodes, maxNodes)}: ${message}`,
  }));
}

function headline({ status, headline: words }: Entry, { verdict }: Report, { paint }: TextView): string {
  const shown = finalStatus(status, verdict);
  return paint(toneOf(shown), logLine(`${symbol(shown)} ${words}`));
}

function renderEntry(entry: Entry, report: Report, view: TextView): string[] {
  const { check, hints, commands } = entry;
  const more = commands.length - maxCommands;
  return [
    '',
    headline(entry, report, view),
    logLine(`check ${check}`, 3),
    ...hints.slice(0, 3).map((text) => logLine(text, 3)),
    ...commands.slice(0, maxCommands).map((command) => logLine(command, 5)),
    ...(more > 0 ? [logLine(`and ${count(more, 'command')} like these for the other nodes`, 5)] : []),
  ];
}

function renderEntries(entries: readonly Entry[], report: Report, view: TextView): string[] {
  const more = entries.length - maxEntries;
  return [
    ...entries.slice(0, maxEntries).flatMap((entry) => renderEntry(entry, report, view)),
    ...(more > 0 ? ['', `and ${count(more, 'more finding')}`] : []),
  ];
}

function problemLines({ problems }: Report): string[] {
  return problems.flatMap((problem) => [
    logLine(`${problem.input}: ${problemText(problem)}`, 2),
    ...(problem.hint === undefined ? [] : [logLine(problem.hint, 4)]),
  ]);
}

function logSections({ logs }: Report, view: TextView): string[] {
  return logs.flatMap(({ node, service, lines }) => {
    const title = logLine(`Log of ${service} on ${nameNodes([node], 1)}, its end:`);
    return [
      '',
      ...section(
        title,
        lines.map((line) => logLine(line, 3)),
        view,
      ),
    ];
  });
}

const tones: Readonly<Record<Report['verdict'], Tone>> = {
  healthy: 'good',
  unhealthy: 'bad',
  error: 'bad',
  cancelled: 'attention',
};

function verdictLine(report: Report, { paint }: TextView): string {
  return paint(tones[report.verdict], logLine(verdictText(report)));
}

/** The outcome of the command, and what has changed since the gate before it. */
function commandLines(report: Report, view: TextView): string[] {
  const { command, before } = report;
  if (command === undefined) {
    return [];
  }
  const tone = commandFailed(report) ? 'bad' : 'attention';
  const first = logLine(`${describeCommand(command)}.`);
  return [
    command.ran && command.exitCode === 0 ? first : view.paint(tone, first),
    ...(before === undefined
      ? []
      : [
          ...broken(before, report)
            .slice(0, maxEntries)
            .map((group) => logLine(`broken since: ${group.check} on ${nameNodes(group.nodes, maxNodes)}`, 3)),
          ...differences(before, report).map((difference) => logLine(difference, 3)),
        ]),
  ];
}

function joinLines(lines: readonly string[]): string {
  return `${lines.join('\n')}\n`;
}

const plainView: TextView = { groups: false, paint: withoutColour };

/**
 * The report for a terminal or a log, which people read from its end: the stages, the warnings, then the verdict, its
 * causes and what to do. Ends with a line break.
 */
export function finalText(report: Report, view: TextView = plainView): string {
  const { findings, problems } = report;
  const first = verdictLine(report, view);
  const details = [
    ...(findings.length > 0 ? stageLines(report, view) : []),
    ...logSections(report, view),
    ...renderEntries(warningEntries(report), report, view),
  ];
  return problems.length > 0
    ? joinLines([first, ...commandLines(report, view), ...problemLines(report)])
    : joinLines([
        ...(details.length > 0 ? [...details, ''] : []),
        first,
        ...commandLines(report, view),
        logLine(about(report)),
        ...renderEntries(causeEntries(report), report, view),
      ]);
}

/** The verdict and its first causes, one line each. Ends with a line break. */
export function shortText(report: Report, view: TextView): string {
  const entries = report.verdict === 'healthy' ? [] : causeEntries(report);
  const more = entries.length - maxShortEntries;
  return joinLines([
    verdictLine(report, view),
    ...commandLines(report, view),
    ...problemLines(report),
    ...entries.slice(0, maxShortEntries).map((entry) => headline(entry, report, view)),
    ...(more > 0 ? [`and ${count(more, 'more finding')}`] : []),
  ]);
}
