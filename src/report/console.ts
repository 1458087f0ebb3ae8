import { logLine } from './escape.ts';
import { causes, type Group, nameNodes, warnings } from './groups.ts';
import type { Report } from './model.ts';
import { settled, symbol } from './status.ts';
import { about, count, headline } from './words.ts';

/** What a terminal can hold of one finding and of all; the JSON report has the rest. */
const mostGroups = 20;
const mostNodes = 10;
const mostCommands = 6;

function renderGroup(group: Group, { verdict }: Report): string[] {
  const { check, stage, status, message, nodes, hints, commands, blocks } = group;
  const waiting = blocks > 0 ? `; ${count(blocks, 'other check')} cannot be judged before it` : '';
  const more = commands.length - mostCommands;
  return [
    '',
    logLine(`${symbol(settled(status, verdict))} ${stage}: ${nameNodes(nodes, mostNodes)}: ${message}`),
    logLine(`check ${check}${waiting}`, 3),
    ...hints.slice(0, 3).map((text) => logLine(text, 3)),
    ...commands.slice(0, mostCommands).map((command) => logLine(command, 5)),
    ...(more > 0 ? [logLine(`and ${count(more, 'command')} like these for the other nodes`, 5)] : []),
  ];
}

function renderGroups(groups: readonly Group[], report: Report): string[] {
  const more = groups.length - mostGroups;
  return [
    ...groups.slice(0, mostGroups).flatMap((group) => renderGroup(group, report)),
    ...(more > 0 ? ['', `and ${count(more, 'more finding')}`] : []),
  ];
}

function problemLines({ problems }: Report): string[] {
  return problems.flatMap(({ input, expected, got, hint }) => [
    logLine(`${input}: expected ${expected}; got ${got}`, 2),
    ...(hint === undefined ? [] : [logLine(hint, 4)]),
  ]);
}

/** The report for a terminal or a log: the verdict, what explains it, what to do. Ends with a line break. */
export function finalText(report: Report): string {
  const { reason, findings, problems } = report;
  const first = logLine(reason === '' ? headline(report) : `${headline(report)}: ${reason}`);
  const lines =
    problems.length > 0
      ? [first, ...problemLines(report)]
      : [
          first,
          logLine(about(report)),
          ...renderGroups(causes(findings), report),
          ...renderGroups(warnings(findings), report),
        ];
  return `${lines.join('\n')}\n`;
}
