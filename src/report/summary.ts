import { type Block, joinBlocks } from './blocks.ts';
import { codeSpan, markdown } from './escape.ts';
import { fixes, warningList } from './fixes.ts';
import { logBlocks } from './log-blocks.ts';
import { matrix } from './matrix.ts';
import type { Report } from './model.ts';
import { skippedBlock, stageBlocks } from './stage-blocks.ts';
import { timeline } from './timeline.ts';
import { about, count, headline, size } from './words.ts';

/** GitHub takes 1 MiB for a step; what the job writes besides needs some of it. */
const limit = 900 * 1024;
const mostProblems = 50;

function problemBlock({ problems }: Report): Block {
  const lines = problems.slice(0, mostProblems).map(({ input, expected, got, hint }) => {
    const advice = hint === undefined ? '' : ` Hint: ${markdown(hint, 600)}`;
    return `- ${codeSpan(input)}: expected ${markdown(expected)}; got ${markdown(got)}.${advice}`;
  });
  const more = problems.length - mostProblems;
  return { text: [...lines, ...(more > 0 ? [`- and ${more} more.`] : [])].join('\n'), rank: 0 };
}

function body(report: Report): Block[] {
  if (report.problems.length > 0) {
    return [problemBlock(report)];
  }
  const first: Block[] = [{ text: markdown(about(report)), rank: 0 }, ...matrix(report)];
  return report.verdict === 'healthy'
    ? [...first, ...warningList(report), ...skippedBlock(report), ...timeline(report)]
    : [
        ...first,
        ...fixes(report),
        ...warningList(report),
        ...logBlocks(report),
        ...stageBlocks(report),
        ...timeline(report),
      ];
}

/** Who says so, since when, and what it cost the cluster. */
function footer({ tool, startedAt, calls, bytes }: Report): string {
  const spent =
    calls === undefined || bytes === undefined ? '' : `, ${count(calls, 'call')}, ${size(bytes.received)} received`;
  return `${tool.name} ${markdown(tool.version)}, started ${startedAt}${spent}`;
}

/**
 * The step summary in GitHub's Markdown: the verdict, nodes × stages, what to
 * fix first, then the details, folded. At most 900 KiB of UTF-8.
 */
export function renderSummary(report: Report): string {
  const { reason } = report;
  const blocks: Block[] = [
    { text: `## ${headline(report)}${reason === '' ? '' : `: ${markdown(reason)}`}`, rank: 0 },
    ...body(report),
    { text: footer(report), rank: 0 },
  ];
  return joinBlocks(blocks, limit);
}
