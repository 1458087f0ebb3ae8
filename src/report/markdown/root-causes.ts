import { count } from '../../checks/text.ts';
import type { RootCause } from '../../diagnosis/root-cause.ts';
import type { Finding } from '../../gate/finding.ts';
import { consequencesText, forHowLong, nameBlamed } from '../cause-text.ts';
import { groupFindings, nameNodes, warnings } from '../groups.ts';
import type { Report } from '../model.ts';
import { codeBlock, docsLink, markdown } from '../sanitize/escape.ts';
import { label } from '../status.ts';
import { type Block, fold, table } from './blocks.ts';

const maxCauses = 20;
const maxWarnings = 50;
const maxCommands = 6;
const maxObservations = 3;
const maxRows = 30;
/** Nodes in a headline, and in the line below it if there are more. */
const headlineNodes = 3;
const maxNodes = 50;

/** Messages of the findings, except those that the headline contains. */
function observed({ findings, title }: RootCause): string[] {
  const messages = groupFindings(findings, ({ message }) => message);
  const shown = messages.filter(({ message }) => !title.includes(message));
  const more = shown.length - maxObservations;
  const lines = shown.slice(0, maxObservations).map(({ message, nodes }) => {
    const who = messages.length > 1 ? `${markdown(nameNodes(nodes, headlineNodes))}: ` : '';
    return `- ${who}${markdown(message)}`;
  });
  return lines.length === 0
    ? []
    : [['Observed:', '', ...lines, ...(more > 0 ? [`- and ${more} more`] : [])].join('\n')];
}

/** Consequences of a cause, folded: one row per check and status. */
function foldFindings(findings: readonly Finding[], noun: string, { verdict }: Report): string[] {
  const groups = groupFindings(findings, ({ check, status }) => `${check} ${status}`);
  const rows = groups.map(({ check, status, nodes }) => [
    docsLink(check),
    label(status, verdict),
    markdown(nameNodes(nodes, 10), 1000),
  ]);
  return rows.length === 0
    ? []
    : [fold(`${count(findings.length, noun)}`, table(['check', 'result', 'nodes'], rows.slice(0, maxRows)))];
}

function commandBlock(commands: readonly string[]): string[] {
  const more = commands.length - maxCommands;
  return [
    ...(commands.length > 0 ? [codeBlock(commands.slice(0, maxCommands))] : []),
    ...(more > 0 ? [`and ${count(more, 'command')} like these for the other nodes.`] : []),
  ];
}

function renderCause(cause: RootCause, index: number, report: Report): string {
  const { check, stage, status, title, nodes, explanation, hint } = cause;
  return [
    `#### ${index + 1}. ${markdown(nameBlamed(cause, headlineNodes))}: ${markdown(title, 300)}`,
    `${label(status, report.verdict)}${forHowLong(cause, report.endedAt)}: ${docsLink(check)} of stage ${stage}${consequencesText(cause)}.`,
    ...(nodes.length > headlineNodes ? [`Nodes: ${markdown(nameNodes(nodes, maxNodes), 4000)}.`] : []),
    ...observed(cause),
    ...[explanation, hint.text].filter((text) => text !== '').map((text) => markdown(text, 600)),
    ...commandBlock(hint.commands),
    ...foldFindings(cause.consequences, 'consequence', report),
    ...foldFindings(cause.notJudged, 'unjudged finding', report),
  ].join('\n\n');
}

/** One block per cause, in the order in which to fix them. */
export function rootCauseBlocks(report: Report): Block[] {
  const { causes } = report;
  if (causes.length === 0) {
    return [];
  }
  const rest = causes.slice(maxCauses);
  return [
    { text: '### What to fix first', rank: 0 },
    ...causes.slice(0, maxCauses).map((cause, index) => ({
      text: renderCause(cause, index, report),
      rank: index === 0 ? 0 : 1,
    })),
    ...(rest.length > 0 ? [{ text: `And ${count(rest.length, 'more cause')}: see the stages below.`, rank: 1 }] : []),
  ];
}

/** The list of warnings. */
export function warningList(report: Report): Block[] {
  const found = warnings(report);
  if (found.length === 0) {
    return [];
  }
  const lines = found.slice(0, maxWarnings).map(({ check, nodes, message, hints: texts }) => {
    const advice = texts.slice(0, 1).map((text) => ` ${markdown(text, 600)}`);
    return `- ⚠️ warning: ${docsLink(check)} on ${markdown(nameNodes(nodes, 10))}: ${markdown(message)}.${advice.join('')}`;
  });
  const more = found.length - maxWarnings;
  const last = more > 0 ? [`- and ${count(more, 'more warning')}.`] : [];
  return [{ text: ['### Warnings', '', ...lines, ...last].join('\n'), rank: 2 }];
}
