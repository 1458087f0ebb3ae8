import { type Stage, type Status, stages } from '../../checks/check.ts';
import { type Finding, nodesOf, subjectKey } from '../../gate/finding.ts';
import { groupFindings, nameNodes } from '../groups.ts';
import { logLine } from '../sanitize/escape.ts';
import { symbol } from '../status.ts';
import type { View } from '../view.ts';

type Findings = readonly Finding[];

/** Nodes per line, and lines per stage and round, so that many nodes do not flood the log. */
const maxNodes = 3;
const maxLines = 20;

/** Warnings are not: they have a line. */
function isOk({ status }: Finding): boolean {
  return status === 'pass' || status === 'skip';
}

/** Blocked findings are only counted: the finding that blocks them has a line. */
function isShown(finding: Finding): boolean {
  return !isOk(finding) && finding.status !== 'blocked';
}

const blockedOf = (findings: Findings): Findings => findings.filter(({ status }) => status === 'blocked');

function line(status: Status, stage: Stage, text: string): string {
  return logLine(`${symbol(status)} ${stage}: ${text}`);
}

/** Changes between two rounds that have a line: findings that are shown, and shown findings that are now ok. */
function changes(before: Findings, now: Findings): Findings {
  const previous = new Map(before.map((finding) => [subjectKey(finding), finding]));
  return now.filter((finding) => {
    const old = previous.get(subjectKey(finding));
    return isShown(finding)
      ? old === undefined || old.status !== finding.status || old.message !== finding.message
      : isOk(finding) && old !== undefined && isShown(old);
  });
}

function changeLines(stage: Stage, changed: Findings): string[] {
  const lines = groupFindings(changed).map(({ status, message, nodes }) =>
    line(status, stage, nodes.length === 0 ? message : `${nameNodes(nodes, maxNodes)} ${message}`),
  );
  const more = lines.length - maxLines;
  return more > 0 ? [...lines.slice(0, maxLines), logLine(`${stage}: and ${more} more changes`)] : lines;
}

/** Nodes that became ok in this stage in this round, and that no line of a change names. */
function recovered(old: Findings, now: Findings, changed: Findings): string[] {
  const named = new Set(nodesOf(changed));
  const notOk = new Set(nodesOf(now.filter((finding) => !isOk(finding))));
  // Nodes that were removed or renamed have not recovered.
  const present = new Set(nodesOf(now.filter(({ status }) => status !== 'skip')));
  return nodesOf(old.filter((finding) => !isOk(finding))).filter(
    (node) => present.has(node) && !named.has(node) && !notOk.has(node),
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
  // A node to which no check of the stage applies is not ok.
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
    ...(again.length > 0 ? [line('pass', stage, `${nameNodes(again, maxNodes)} ok`)] : []),
    ...(old === undefined ? partLine(stage, now) : []),
    ...(blocked > 0 && blocked !== blockedOf(old ?? []).length ? [line('blocked', stage, `${blocked} blocked`)] : []),
  ];
}

/**
 * The changes of a round as log lines: `<symbol> <stage>: <node> <message>` per
 * change, one line for a stage that is ok as a whole, and the number of blocked
 * findings. Without a previous round, everything is new.
 */
export function progressLines(previous: View | undefined, next: View): string[] {
  const findingsOf = (view: View, stage: Stage): Findings =>
    view.stages.find((one) => one.stage === stage)?.findings ?? [];
  return stages.flatMap((stage) => {
    const now = findingsOf(next, stage);
    return now.length === 0 ? [] : stageLines(stage, previous && findingsOf(previous, stage), now);
  });
}
