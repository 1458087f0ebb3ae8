import { count } from '../checks/text.ts';
import { type Block, fold, joinBlocks } from './blocks.ts';
import { broken, commandFailed, describeCommand, differences } from './comparison.ts';
import { codeBlock, codeSpan, docsLink, markdown } from './escape.ts';
import { nameNodes } from './groups.ts';
import { matrix } from './matrix.ts';
import type { Report } from './model.ts';
import { rootCauseBlocks, warningList } from './root-causes.ts';
import { skippedBlock, stageBlocks } from './stage-blocks.ts';
import { about, iso, size, verdictText } from './text.ts';
import { timeline } from './timeline.ts';

/** GitHub takes 1 MiB for a step; what the job writes besides needs some of it. */
const limit = 900 * 1024;
const mostProblems = 50;
/** Graphemes of a line that says what was judged. */
const longestScope = 1000;

function problemBlock({ problems }: Report): Block {
  const lines = problems.slice(0, mostProblems).map(({ input, expected, got, hint }) => {
    const advice = hint === undefined ? '' : ` Hint: ${markdown(hint, 600)}`;
    return `- ${codeSpan(input)}: expected ${markdown(expected)}; got ${markdown(got)}.${advice}`;
  });
  const more = problems.length - mostProblems;
  return { text: [...lines, ...(more > 0 ? [`- and ${more} more.`] : [])].join('\n'), rank: 0 };
}

/** The ends of the logs that were asked for, folded, each line as it is. */
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
  const first: Block[] = [{ text: markdown(about(report), longestScope), rank: 0 }, ...matrix(report)];
  return report.verdict === 'healthy'
    ? [...first, ...warningList(report), ...skippedBlock(report), ...timeline(report)]
    : [
        ...first,
        ...rootCauseBlocks(report),
        ...warningList(report),
        ...logBlocks(report),
        ...stageBlocks(report),
        ...timeline(report),
      ];
}

/** Who says so, since when, and what it cost the cluster. */
function footer({ version, startedAt, usage }: Report): string {
  const spent = usage === undefined ? '' : `, ${count(usage.calls, 'call')}, ${size(usage.received)} received`;
  return `talos-health ${markdown(version)}, started ${iso(startedAt)}${spent}`;
}

function verdictHeading(report: Report): string {
  return markdown(verdictText(report), longestScope);
}

/** Under headings of this rank and later, what was before the command goes before anything of what is after it. */
const beforeRank = 10;

/** What changed from the gate before the command to the one after it: first what broke. */
function between(before: Report, after: Report): Block {
  const groups = broken(before, after);
  const more = groups.length - mostProblems;
  const lines = [
    ...groups
      .slice(0, mostProblems)
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

/** What a command did, and the report of the gate before it, below that of the gate after it. */
function guarded(report: Report, before: Report): Block[] {
  const heading = (when: string, one: Report, rank: number): Block => ({
    text: `## ${when} the command: ${verdictHeading(one)}`,
    rank,
  });
  return [
    between(before, report),
    heading('After', report, 0),
    ...body(report),
    { text: footer(report), rank: 0 },
    heading('Before', before, 0),
    ...body(before).map((block) => ({ ...block, rank: block.rank + beforeRank })),
    { text: footer(before), rank: beforeRank },
  ];
}

function topHeading(report: Report): string {
  return commandFailed(report) && report.verdict === 'healthy' ? '❌ The command failed' : verdictHeading(report);
}

/**
 * The step summary in GitHub's Markdown: the verdict, nodes × stages, what to
 * fix first, then the details, folded. At most 900 KiB of UTF-8.
 */
export function renderSummary(report: Report): string {
  const { command, before } = report;
  const blocks: Block[] = [
    { text: `## ${topHeading(report)}`, rank: 0 },
    ...(command === undefined ? [] : [{ text: `${describeCommand(command)}.`, rank: 0 }]),
    ...(before === undefined ? [...body(report), { text: footer(report), rank: 0 }] : guarded(report, before)),
  ];
  return joinBlocks(blocks, limit);
}
