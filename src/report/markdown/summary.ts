import { count } from '../../checks/text.ts';
import { problemText } from '../../values/problem.ts';
import { broken, commandFailed, describeCommand, differences } from '../comparison.ts';
import { nameNodes } from '../groups.ts';
import type { Report } from '../model.ts';
import { codeBlock, codeSpan, docsLink, markdown } from '../sanitize/escape.ts';
import { about, commandHeadline, iso, size, verdictText } from '../text.ts';
import { type Block, fold, joinBlocks } from './blocks.ts';
import { matrix } from './matrix.ts';
import { rootCauseBlocks, warningList } from './root-causes.ts';
import { skippedBlock, stageBlocks } from './stage-blocks.ts';
import { timeline } from './timeline.ts';

/** GitHub accepts 1 MiB per step, which other output of the step shares. */
const limit = 900 * 1024;
const maxProblems = 50;
/** Graphemes of the headline and of the sentence about the cluster, which may contain the claim. */
const maxScope = 1000;

function problemBlock({ problems }: Report): Block {
  const lines = problems.slice(0, maxProblems).map((problem) => {
    const { input, hint } = problem;
    const advice = hint === undefined ? '' : ` Hint: ${markdown(hint, 600)}`;
    return `- ${codeSpan(input)}: ${markdown(problemText(problem), 600)}.${advice}`;
  });
  const more = problems.length - maxProblems;
  return { text: [...lines, ...(more > 0 ? [`- and ${more} more.`] : [])].join('\n'), rank: 0 };
}

/** The last lines of the requested logs, folded. */
export function logBlocks({ logs }: Report): Block[] {
  return logs.map(({ node, service, lines }) => ({
    text: fold(
      `Log of ${markdown(service, 80)} on ${markdown(nameNodes([node], 1))}, its end`,
      codeBlock(lines, 'text'),
    ),
    rank: 3,
  }));
}

function body(report: Report): Block[] {
  if (report.problems.length > 0) {
    return [problemBlock(report)];
  }
  const first: Block = { text: markdown(about(report), maxScope), rank: 0 };
  return report.verdict === 'healthy'
    ? [first, ...matrix(report), ...warningList(report), ...skippedBlock(report), ...timeline(report)]
    : [
        first,
        ...rootCauseBlocks(report),
        ...matrix(report),
        ...warningList(report),
        ...logBlocks(report),
        ...stageBlocks(report),
        ...timeline(report),
      ];
}

/** Version, start time and usage. */
function footer({ version, startedAt, usage }: Report): string {
  const spent = usage === undefined ? '' : `, ${count(usage.calls, 'call')}, ${size(usage.received)} received`;
  return `talos-health ${markdown(version)}, started ${iso(startedAt)}${spent}`;
}

function verdictHeading(report: Report): string {
  return markdown(verdictText(report), maxScope);
}

/** Added to the ranks of the report before the command, so that it is dropped before any of the report after it. */
const beforeRank = 10;

/** Changes from the report before the command to the one after it, regressions first. */
function changesBlock(before: Report, after: Report): Block {
  const groups = broken(before, after);
  const more = groups.length - maxProblems;
  const lines = [
    ...groups
      .slice(0, maxProblems)
      .map(
        ({ check, nodes, message }) =>
          `- ❌ ${docsLink(check)} on ${markdown(nameNodes(nodes, 10))}: ${markdown(message)}`,
      ),
    ...(more > 0 ? [`- and ${count(more, 'more finding')}.`] : []),
    ...differences(before, after).map((difference) => `- ${markdown(difference, 1000)}`),
  ];
  const none = after.cluster === undefined ? 'Nothing can be told of it.' : 'No regressions.';
  const text = groups.length > 0 ? lines : [none, ...(lines.length > 0 ? ['', ...lines] : [])];
  return { text: ['### What changed in between', '', ...text].join('\n'), rank: 0 };
}

/** The changes by a command, then the report after it and the report before it. */
function guardedBody(report: Report, before: Report): Block[] {
  const heading = (when: string, one: Report, rank: number): Block => ({
    text: `## ${when} the command: ${verdictHeading(one)}`,
    rank,
  });
  return [
    changesBlock(before, report),
    heading('After', report, 0),
    ...body(report),
    { text: footer(report), rank: 0 },
    heading('Before', before, 0),
    ...body(before).map((block) => ({ ...block, rank: block.rank + beforeRank })),
    { text: footer(before), rank: beforeRank },
  ];
}

function topHeading(report: Report): string {
  return commandFailed(report) && report.verdict === 'healthy'
    ? markdown(commandHeadline(report))
    : verdictHeading(report);
}

/**
 * The step summary in GitHub's Markdown: the verdict, the root causes, the matrix
 * of nodes and stages, then the details, folded. At most 900 KiB of UTF-8.
 */
export function renderSummary(report: Report): string {
  const { command, before } = report;
  const blocks: Block[] = [
    { text: `## ${topHeading(report)}`, rank: 0 },
    ...(command === undefined ? [] : [{ text: `${describeCommand(command)}.`, rank: 0 }]),
    ...(before === undefined ? [...body(report), { text: footer(report), rank: 0 }] : guardedBody(report, before)),
  ];
  return joinBlocks(blocks, limit);
}
