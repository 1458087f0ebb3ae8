import { type Block, fold, table } from './blocks.ts';
import { type CauseGroup, causeGroups, forHowLong, nameBlamed, whatIsBehind } from './cause-groups.ts';
import { codeBlock, docsLink, markdown } from './escape.ts';
import { nameNodes, warnings } from './groups.ts';
import type { Report, ReportedFinding } from './model.ts';
import { label } from './status.ts';
import { count } from './text.ts';

const mostCauses = 20;
const mostWarnings = 50;
const mostCommands = 6;
const mostObserved = 3;
const mostRows = 30;
/** Names in a headline, and in the line below it when there are more. */
const headlineNodes = 3;
const mostNodes = 50;

/** What nodes say in their own words, where the headline does not repeat it. */
function observed({ seenBy, message }: CauseGroup): string[] {
  const said = Map.groupBy(seenBy, (finding) => finding.message);
  const news = [...said].filter(([text]) => !message.includes(text));
  const more = news.length - mostObserved;
  const lines = news.slice(0, mostObserved).map(([text, findings]) => {
    const who = said.size > 1 ? `${markdown(nameNodes(nodesOf(findings), headlineNodes))}: ` : '';
    return `- ${who}${markdown(text)}`;
  });
  return lines.length === 0
    ? []
    : [['Observed:', '', ...lines, ...(more > 0 ? [`- and ${more} more`] : [])].join('\n')];
}

function nodesOf(findings: readonly ReportedFinding[]): string[] {
  return findings.flatMap(({ node }) => (node === undefined ? [] : [node]));
}

/** What is behind it, folded: one row a check. */
function folded(behind: readonly ReportedFinding[], noun: string, { verdict }: Report): string[] {
  if (behind.length === 0) {
    return [];
  }
  const rows = [...Map.groupBy(behind, ({ check, status }) => JSON.stringify([check, status]))].flatMap(([, same]) =>
    same
      .slice(0, 1)
      .map(({ check, status }) => [
        docsLink(check),
        label(status, verdict),
        markdown(nameNodes(nodesOf(same), 10), 1000),
      ]),
  );
  return [fold(`${count(behind.length, noun)}`, table(['check', 'result', 'nodes'], rows.slice(0, mostRows)))];
}

function commands({ commands: all }: CauseGroup): string[] {
  const more = all.length - mostCommands;
  return [
    ...(all.length > 0 ? [codeBlock(all.slice(0, mostCommands))] : []),
    ...(more > 0 ? [`and ${count(more, 'command')} like these for the other nodes.`] : []),
  ];
}

function renderCause(group: CauseGroup, index: number, report: Report): string {
  const { cause, check, stage, status, message, nodes, hints } = group;
  return [
    `#### ${index + 1}. ${markdown(nameBlamed(cause, headlineNodes))}: ${markdown(message, 300)}`,
    `${label(status, report.verdict)}${forHowLong(group, report)}: ${docsLink(check)} of stage ${stage}${whatIsBehind(group)}.`,
    ...(nodes.length > headlineNodes ? [`Nodes: ${markdown(nameNodes(nodes, mostNodes), 4000)}.`] : []),
    ...observed(group),
    ...hints.map((text) => markdown(text, 600)),
    ...commands(group),
    ...folded(group.follows, 'consequence', report),
    ...folded(group.notJudged, 'unjudged finding', report),
  ].join('\n\n');
}

/** What to fix first: one block a cause, the first thing first. */
export function rootCauseBlocks(report: Report): Block[] {
  const found = causeGroups(report);
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
    ...(rest.length > 0 ? [{ text: `And ${count(rest.length, 'more cause')}: see the stages below.`, rank: 1 }] : []),
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
    return `- ⚠️ warning: ${docsLink(check)} on ${markdown(nameNodes(nodes, 10))}: ${markdown(message)}.${advice.join('')}`;
  });
  const more = found.length - mostWarnings;
  const last = more > 0 ? [`- and ${count(more, 'more warning')}.`] : [];
  return [{ text: ['### Warnings', '', ...lines, ...last].join('\n'), rank: 2 }];
}
