import { type Stage, type Status, stages } from '../checks/check.ts';
import { type Finding, nodesOf, subjectKey } from '../gate/finding.ts';
import { logLine } from './escape.ts';
import { grouped, nameNodes } from './groups.ts';
import { symbol } from './status.ts';
import type { View } from './view.ts';

type Findings = readonly Finding[];

/** Nodes named on one line, and lines of one stage in one round: a hundred nodes must not bury the log. */
const mostNodes = 3;
const mostLines = 20;

/** Unlike a warning, it needs no line. */
function isOk({ status }: Finding): boolean {
  return status === 'pass' || status === 'skip';
}

/** Blocked findings have no line of their own: their cause has one. */
function isShown(finding: Finding): boolean {
  return !isOk(finding) && finding.status !== 'blocked';
}

const blockedOf = (findings: Findings): Findings => findings.filter(({ status }) => status === 'blocked');

function line(status: Status, stage: Stage, text: string): string {
  return logLine(`${symbol(status)} ${stage}: ${text}`);
}

/** What changed between two rounds and deserves its line: whatever is not fine, and what was not fine and now is. */
function changes(before: Findings, now: Findings): Findings {
  const known = new Map(before.map((finding) => [subjectKey(finding), finding]));
  return now.filter((finding) => {
    const old = known.get(subjectKey(finding));
    return isShown(finding)
      ? old === undefined || old.status !== finding.status || old.message !== finding.message
      : isOk(finding) && old !== undefined && isShown(old);
  });
}

function changeLines(stage: Stage, changed: Findings): string[] {
  const lines = grouped(changed).map(({ status, message, nodes }) =>
    line(status, stage, nodes.length === 0 ? message : `${nameNodes(nodes, mostNodes)} ${message}`),
  );
  const more = lines.length - mostLines;
  return more > 0 ? [...lines.slice(0, mostLines), logLine(`${stage}: and ${more} more changes`)] : lines;
}

/** Nodes of which everything in the stage is fine since this round, and of which no line tells it yet. */
function recovered(old: Findings, now: Findings, changed: Findings): string[] {
  const told = new Set(nodesOf(changed));
  const notOk = new Set(nodesOf(now.filter((finding) => !isOk(finding))));
  // A node can be gone, or have got its name: then there is nothing to tell.
  const present = new Set(nodesOf(now.filter(({ status }) => status !== 'skip')));
  return nodesOf(old.filter((finding) => !isOk(finding))).filter(
    (node) => present.has(node) && !told.has(node) && !notOk.has(node),
  );
}

function okLine(stage: Stage, now: Findings): string {
  const skipped = now.filter(({ status }) => status === 'skip');
  const [first] = skipped;
  if (first !== undefined && skipped.length === now.length) {
    return line('skip', stage, `skipped, ${first.message}`);
  }
  const nodes = nodesOf(now).length;
  const scope = nodes === 0 ? '' : `, ${nodes} ${nodes === 1 ? 'node' : 'nodes'}`;
  return line('pass', stage, `ok${scope}${skipped.length === 0 ? '' : `, ${skipped.length} skipped`}`);
}

function partLine(stage: Stage, now: Findings): string[] {
  const notOk = new Set(nodesOf(now.filter((finding) => !isOk(finding))));
  // What applies to none of a node's is not said to be well there.
  const ok = nodesOf(now.filter(({ status }) => status === 'pass')).filter((node) => !notOk.has(node)).length;
  return ok > 0 ? [line('pass', stage, `ok, ${ok} of ${nodesOf(now).length} nodes`)] : [];
}

function stageLines(stage: Stage, old: Findings | undefined, now: Findings): string[] {
  const changed = changes(old ?? [], now);
  const lines = changeLines(stage, changed);
  if (now.every(isOk)) {
    const wasOk = old !== undefined && old.length > 0 && old.every(isOk);
    return wasOk ? lines : [...lines, okLine(stage, now)];
  }
  const again = recovered(old ?? [], now, changed);
  const blocked = blockedOf(now).length;
  return [
    ...lines,
    ...(again.length > 0 ? [line('pass', stage, `${nameNodes(again, mostNodes)} ok`)] : []),
    ...(old === undefined ? partLine(stage, now) : []),
    ...(blocked > 0 && blocked !== blockedOf(old ?? []).length ? [line('blocked', stage, `${blocked} blocked`)] : []),
  ];
}

/**
 * What a round brought, as lines for the log: `<symbol> <stage>: <node>
 * <message>` for what changed, one line for a stage that is fine as a whole,
 * and a count of what is blocked. Without an earlier round, all is new.
 */
export function progressLines(previous: View | undefined, next: View): string[] {
  const findingsOf = (view: View, stage: Stage): Findings =>
    view.stages.find((one) => one.stage === stage)?.findings ?? [];
  return stages.flatMap((stage) => {
    const now = findingsOf(next, stage);
    return now.length === 0 ? [] : stageLines(stage, previous && findingsOf(previous, stage), now);
  });
}
