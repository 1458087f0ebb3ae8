import { count } from '../checks/text.ts';
import type { RootCause } from '../diagnosis/root-cause.ts';
import type { Finding } from '../gate/finding.ts';
import { type Block, fold, table } from './blocks.ts';
import { forHowLong, nameBlamed, whatIsBehind } from './cause-text.ts';
import { codeBlock, docsLink, markdown } from './escape.ts';
import { grouped, nameNodes, warnings } from './groups.ts';
import type { Report } from './model.ts';
import { label } from './status.ts';

const mostCauses = 20;
const mostWarnings = 50;
const mostCommands = 6;
const mostObserved = 3;
const mostRows = 30;
/** Names in a headline, and in the line below it when there are more. */
const headlineNodes = 3;
const mostNodes = 50;

/** What nodes say in their own words, if the headline does not repeat it. */
function observed({ findings, title }: RootCause): string[] {
  const said = grouped(findings, ({ message }) => message);
  const news = said.filter(({ message }) => !title.includes(message));
  const more = news.length - mostObserved;
  const lines = news.slice(0, mostObserved).map(({ message, nodes }) => {
    const who = said.length > 1 ? `${markdown(nameNodes(nodes, headlineNodes))}: ` : '';
    return `- ${who}${markdown(message)}`;
  });
  return lines.length === 0
    ? []
    : [['Observed:', '', ...lines, ...(more > 0 ? [`- and ${more} more`] : [])].join('\n')];
}

/** What is behind it, folded: one row a check. */
function folded(behind: readonly Finding[], noun: string, { verdict }: Report): string[] {
  const groups = grouped(behind, ({ check, status }) => `${check} ${status}`);
  const rows = groups.map(({ check, status, nodes }) => [
    docsLink(check),
    label(status, verdict),
    markdown(nameNodes(nodes, 10), 1000),
  ]);
  return rows.length === 0
    ? []
    : [fold(`${count(behind.length, noun)}`, table(['check', 'result', 'nodes'], rows.slice(0, mostRows)))];
}

function commandBlock(commands: readonly string[]): string[] {
  const more = commands.length - mostCommands;
  return [
    ...(commands.length > 0 ? [codeBlock(commands.slice(0, mostCommands))] : []),
    ...(more > 0 ? [`and ${count(more, 'command')} like these for the other nodes.`] : []),
  ];
}

function renderCause(cause: RootCause, index: number, report: Report): string {
  const { check, stage, status, title, nodes, explanation, hint } = cause;
  return [
    `#### ${index + 1}. ${markdown(nameBlamed(cause, headlineNodes))}: ${markdown(title, 300)}`,
    `${label(status, report.verdict)}${forHowLong(cause, report.endedAt)}: ${docsLink(check)} of stage ${stage}${whatIsBehind(cause)}.`,
    ...(nodes.length > headlineNodes ? [`Nodes: ${markdown(nameNodes(nodes, mostNodes), 4000)}.`] : []),
    ...observed(cause),
    ...[explanation, hint.text].filter((text) => text !== '').map((text) => markdown(text, 600)),
    ...commandBlock(hint.commands),
    ...folded(cause.consequences, 'consequence', report),
    ...folded(cause.notJudged, 'unjudged finding', report),
  ].join('\n\n');
}

/** What to fix first: one block a cause, the first thing first. */
export function rootCauseBlocks(report: Report): Block[] {
  const { causes } = report;
  if (causes.length === 0) {
    return [];
  }
  const rest = causes.slice(mostCauses);
  return [
    { text: '### What to fix first', rank: 0 },
    ...causes.slice(0, mostCauses).map((cause, index) => ({
      text: renderCause(cause, index, report),
      rank: index === 0 ? 0 : 1,
    })),
    ...(rest.length > 0 ? [{ text: `And ${count(rest.length, 'more cause')}: see the stages below.`, rank: 1 }] : []),
  ];
}

/** What is not wrong and still worth knowing. */
export function warningList(report: Report): Block[] {
  const found = warnings(report);
  if (found.length === 0) {
    return [];
  }
  const lines = found.slice(0, mostWarnings).map(({ check, nodes, message, hints: texts }) => {
    const advice = texts.slice(0, 1).map((text) => ` ${markdown(text, 600)}`);
    return `- ⚠️ warning: ${docsLink(check)} on ${markdown(nameNodes(nodes, 10))}: ${markdown(message)}.${advice.join('')}`;
  });
  const more = found.length - mostWarnings;
  const last = more > 0 ? [`- and ${count(more, 'more warning')}.`] : [];
  return [{ text: ['### Warnings', '', ...lines, ...last].join('\n'), rank: 2 }];
}
