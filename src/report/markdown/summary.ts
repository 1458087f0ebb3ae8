import { count } from '../../checks/text.ts';
import { formatBytes } from '../../values/bytes.ts';
import { problemText } from '../../values/problem.ts';
import { describeCommand } from '../comparison.ts';
import { nameNodes } from '../groups.ts';
import type { Report } from '../model.ts';
import { codeBlock, codeSpan, markdown } from '../sanitize/escape.ts';
import { about, iso, outcomeText, verdictText } from '../text.ts';
import { type Block, fold, joinBlocks } from './blocks.ts';
import { changesBlock } from './changes.ts';
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

function sinceBaseline(report: Report): Block[] {
  const { baseline } = report;
  const when = baseline?.startedAt.slice(0, 16).replace('T', ' ');
  return baseline === undefined
    ? []
    : [changesBlock(baseline, report, markdown(`What changed since the baseline of ${when} UTC`))];
}

function body(report: Report): Block[] {
  if (report.problems.length > 0) {
    return [problemBlock(report)];
  }
  const cluster: Block = { text: markdown(about(report), maxScope), rank: 0 };
  return report.verdict === 'healthy'
    ? [
        cluster,
        ...sinceBaseline(report),
        ...matrix(report),
        ...warningList(report),
        ...skippedBlock(report),
        ...timeline(report),
      ]
    : [
        ...rootCauseBlocks(report),
        ...sinceBaseline(report),
        ...(report.causes.length > 0 && report.findings.length > 0 ? [{ text: '### Nodes', rank: 0 }] : []),
        cluster,
        ...matrix(report),
        ...warningList(report),
        ...logBlocks(report),
        ...stageBlocks(report),
        ...timeline(report),
      ];
}

/** Version, start time and usage. */
function footer({ version, startedAt, usage }: Report): string {
  const spent = usage === undefined ? '' : `, ${count(usage.calls, 'call')}, ${formatBytes(usage.received)} received`;
  return `talos-health ${markdown(version)}, started ${iso(startedAt)}${spent}`;
}

/** Bytes of the report before the command. */
const beforeLimit = limit / 3;
/** It is dropped before any part of the report after the command. */
const beforeRank = 10;

/** The changes by a command, then the report after it; the report before it is folded. */
function guardedBody(report: Report, before: Report): Block[] {
  return [
    // Without a cluster nothing can be told of it.
    ...(report.cluster === undefined ? [] : [changesBlock(before, report)]),
    ...body(report),
    { text: footer(report), rank: 0 },
    {
      text: fold(
        `Before the command: ${markdown(verdictText(before), maxScope)}`,
        joinBlocks([...body(before), { text: footer(before), rank: 0 }], beforeLimit).trimEnd(),
      ),
      rank: beforeRank,
    },
  ];
}

/**
 * The step summary in GitHub's Markdown: the verdict, the root causes, the matrix
 * of nodes and stages, then the details, folded. After a command, what changed comes first. At most 900 KiB of UTF-8.
 */
export function renderSummary(report: Report): string {
  const { command, before } = report;
  const blocks: Block[] = [
    { text: `## ${markdown(outcomeText(report), maxScope)}`, rank: 0 },
    ...(command === undefined ? [] : [{ text: `${describeCommand(command)}.`, rank: 0 }]),
    ...(before === undefined ? [...body(report), { text: footer(report), rank: 0 }] : guardedBody(report, before)),
  ];
  return joinBlocks(blocks, limit);
}
