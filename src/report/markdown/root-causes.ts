import { count } from '../../checks/text.ts';
import type { RootCause } from '../../diagnosis/root-cause.ts';
import type { Finding } from '../../gate/finding.ts';
import { causeLine, consequencesText, forHowLong } from '../cause-text.ts';
import { type Group, groupFindings, nameNodes, warnings } from '../groups.ts';
import type { Report } from '../model.ts';
import { codeBlock, docsLink, markdown } from '../sanitize/escape.ts';
import { label } from '../status.ts';
import { clock, verdictText } from '../text.ts';
import { type Block, fold, table } from './blocks.ts';

const maxCauses = 20;
const maxWarnings = 50;
const maxCommands = 6;
const maxObservations = 3;
const maxRows = 30;
/** Nodes in a headline, in the line below it if there are more, and in a fold if there are many. */
const headlineNodes = 3;
const openNodes = 10;
const maxNodes = 300;

/** The same for messages that differ only in the name of their node. */
function withoutNode({ message, node }: Finding): string {
  return node === undefined ? message : message.replaceAll(node, '');
}

/** Messages of the findings, except those that the headline contains: a sentence, or a list if nodes differ. */
function observed({ findings, title }: RootCause): string[] {
  const messages = groupFindings(findings, withoutNode);
  const shown = messages.filter(({ message }) => !title.includes(message));
  const text = ({ message, findings: same }: Group): string => {
    const others = same.filter((finding) => finding.message !== message).length;
    return `${markdown(message)}${others === 0 ? '' : `, and so on for ${count(others, 'more node')}`}`;
  };
  if (messages.length === 1) {
    return shown.map((group) => `Observed: ${text(group)}.`);
  }
  const more = shown.length - maxObservations;
  const lines = shown
    .slice(0, maxObservations)
    .map((group) => `- ${markdown(nameNodes(group.nodes, headlineNodes))}: ${text(group)}`);
  return lines.length === 0
    ? []
    : [['Observed:', '', ...lines, ...(more > 0 ? [`- and ${more} more`] : [])].join('\n')];
}

/** All nodes of a cause, if its heading has not all of them; many are folded. */
function nodesBlock(nodes: readonly string[]): string[] {
  if (nodes.length <= headlineNodes) {
    return [];
  }
  const list = markdown(nameNodes(nodes, maxNodes), 12_000);
  return [nodes.length > openNodes ? fold(`${nodes.length} nodes`, list) : `Nodes: ${list}.`];
}

/** What follows from a cause, folded: one row per check and status. */
function foldConsequences(cause: RootCause, { verdict }: Report): string[] {
  const groups = groupFindings(
    [...cause.consequences, ...cause.notJudged],
    ({ check, status }) => `${check} ${status}`,
  );
  const rows = groups.map(({ check, status, nodes }) => [
    docsLink(check),
    label(status, verdict),
    markdown(nameNodes(nodes, 10), 1000),
  ]);
  const title = consequencesText(cause).replace(/^; /, '');
  return rows.length === 0 ? [] : [fold(title, table(['check', 'result', 'nodes'], rows.slice(0, maxRows)))];
}

function commandBlock(commands: readonly string[]): string[] {
  const more = commands.length - maxCommands;
  return [
    ...(commands.length > 0 ? [codeBlock(commands.slice(0, maxCommands))] : []),
    ...(more > 0 ? [`and ${count(more, 'command')} like these for the other nodes.`] : []),
  ];
}

/** Such as `failing for 4m12s, since 03:08:11 UTC`. */
function duration(cause: RootCause, { verdict, endedAt }: Report): string {
  const lasted = forHowLong(cause, endedAt);
  const since = cause.since === undefined || lasted === '' ? '' : `, since ${clock(cause.since)} UTC`;
  return `${label(cause.status, verdict)}${lasted}${since}`;
}

function renderCause(cause: RootCause, heading: readonly string[], report: Report): string {
  const { check, stage, nodes, explanation, hint } = cause;
  const advice = [explanation, hint.text].filter((text) => text !== '').map((text) => markdown(text, 600));
  return [
    ...heading,
    `${duration(cause, report)}: ${docsLink(check)} of stage ${stage}.`,
    ...(nodes.length > openNodes ? [] : nodesBlock(nodes)),
    ...observed(cause),
    ...(advice.length > 0 ? [advice.join(' ')] : []),
    ...commandBlock(hint.commands),
    ...(nodes.length > openNodes ? nodesBlock(nodes) : []),
    ...foldConsequences(cause, report),
  ].join('\n\n');
}

/** The heading of a cause, with its number if there are several. None if it is the only one and the headline has all of it. */
function headingOf(cause: RootCause, index: number, report: Report): readonly string[] {
  const text = causeLine(cause, headlineNodes);
  if (report.causes.length > 1) {
    return [`### ${index + 1}. ${markdown(text, 300)}`];
  }
  // After a command, its changes are between the headline and the cause.
  return report.before === undefined && verdictText(report).includes(text) ? [] : [`### ${markdown(text, 300)}`];
}

/** One block per cause, in the order in which to fix them. */
export function rootCauseBlocks(report: Report): Block[] {
  const { causes } = report;
  const rest = causes.slice(maxCauses);
  return [
    ...causes.slice(0, maxCauses).map((cause, index) => ({
      text: renderCause(cause, headingOf(cause, index, report), report),
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
