import type { Block } from './blocks.ts';
import { codeBlock, codeSpan, markdown } from './escape.ts';
import { causes, type Group, nameNodes, warnings } from './groups.ts';
import type { Report } from './model.ts';
import { label } from './status.ts';
import { count } from './words.ts';

const mostCauses = 20;
const mostWarnings = 50;
const mostCommands = 6;
const mostHints = 3;
/** Names in a headline, and in the line below it when there are more. */
const headlineNodes = 3;
const mostNodes = 50;

function hints({ hints: texts, commands }: Group): string[] {
  const more = commands.length - mostCommands;
  return [
    ...texts.slice(0, mostHints).map((text) => markdown(text, 600)),
    ...(commands.length > 0 ? [codeBlock(commands.slice(0, mostCommands))] : []),
    ...(more > 0 ? [`and ${count(more, 'command')} like these for the other nodes.`] : []),
  ];
}

function renderCause(cause: Group, index: number, { verdict }: Report): string {
  const { check, stage, status, message, nodes, blocks } = cause;
  const waiting = blocks > 0 ? `; ${count(blocks, 'other check')} cannot be judged before it` : '';
  return [
    `#### ${index + 1}. ${markdown(nameNodes(nodes, headlineNodes))}: ${markdown(message, 200)}`,
    `${label(status, verdict)}: ${codeSpan(check)} of stage ${stage}${waiting}.`,
    ...(nodes.length > headlineNodes ? [`Nodes: ${markdown(nameNodes(nodes, mostNodes), 4000)}.`] : []),
    ...hints(cause),
  ].join('\n\n');
}

/** What to fix first: one block a cause, in the order in which they explain each other. */
export function fixes(report: Report): Block[] {
  const found = causes(report.findings);
  if (found.length === 0) {
    return [];
  }
  const rest = found.slice(mostCauses);
  return [
    { text: '### What to fix first', rank: 0 },
    ...found.slice(0, mostCauses).map((cause, index) => ({
      text: renderCause(cause, index, report),
      rank: index === 0 ? 0 : 1,
    })),
    ...(rest.length > 0 ? [{ text: `And ${count(rest.length, 'more finding')}: see the stages below.`, rank: 1 }] : []),
  ];
}

/** What is not wrong and still worth knowing. */
export function warningList({ findings }: Report): Block[] {
  const found = warnings(findings);
  if (found.length === 0) {
    return [];
  }
  const lines = found.slice(0, mostWarnings).map(({ check, nodes, message, hints: texts }) => {
    const advice = texts.slice(0, 1).map((text) => ` ${markdown(text, 600)}`);
    return `- ⚠️ warning: ${codeSpan(check)} on ${markdown(nameNodes(nodes, 10))}: ${markdown(message)}.${advice.join('')}`;
  });
  const more = found.length - mostWarnings;
  const last = more > 0 ? [`- and ${count(more, 'more warning')}.`] : [];
  return [{ text: ['### Warnings', '', ...lines, ...last].join('\n'), rank: 2 }];
}
