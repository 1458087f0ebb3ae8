import { type Stage, type Status, stages } from '../checks/check.ts';
import type { Finding } from '../gate/finding.ts';
import { logLine } from './escape.ts';
import { nameNodes } from './groups.ts';
import { redactText } from './redact.ts';
import { symbol } from './status.ts';

type Findings = readonly Finding[];

/** Nodes named on one line, and lines of one stage in one round: a hundred nodes must not bury the log. */
const mostNodes = 3;
const mostLines = 20;

function key({ check, node }: Finding): string {
  return JSON.stringify([check, node]);
}

function isFine({ status }: Finding): boolean {
  return status === 'pass' || status === 'skip';
}

/** Blocked findings have no line of their own: their cause has one. */
function isShown({ status }: Finding): boolean {
  return !(status === 'pass' || status === 'skip' || status === 'blocked');
}

function nodesOf(findings: Findings): string[] {
  return [...new Set(findings.flatMap(({ node }) => (node === undefined ? [] : [node])))];
}

function line(status: Status, stage: Stage, text: string): string {
  return logLine(`${symbol(status)} ${stage}: ${redactText(text)}`);
}

/** What changed between two rounds and deserves its line: whatever is not fine, and what was not fine and now is. */
function changes(before: ReadonlyMap<string, Finding>, now: Findings): Finding[] {
  return now.filter((finding) => {
    const old = before.get(key(finding));
    return isShown(finding)
      ? old === undefined || old.status !== finding.status || old.message !== finding.message
      : isFine(finding) && old !== undefined && isShown(old);
  });
}

function changeLines(stage: Stage, changed: Findings): string[] {
  const same = Map.groupBy(changed, ({ check, status, message }) => JSON.stringify([check, status, message]));
  const lines = [...same.values()].flatMap((findings) =>
    findings.slice(0, 1).map(({ node, status, message }) => {
      const who = node === undefined ? '' : `${nameNodes(nodesOf(findings), mostNodes)} `;
      return line(status, stage, `${who}${message}`);
    }),
  );
  const more = lines.length - mostLines;
  return more > 0 ? [...lines.slice(0, mostLines), logLine(`${stage}: and ${more} more changes`)] : lines;
}

/** Nodes of which everything in the stage is fine since this round, and of which no line tells it yet. */
function recovered(old: Findings, now: Findings, changed: Findings): string[] {
  const told = new Set(nodesOf(changed));
  const notFine = new Set(nodesOf(now.filter((finding) => !isFine(finding))));
  // A node can be gone, or have got its name: then there is nothing to tell.
  const present = new Set(nodesOf(now.filter(({ status }) => status !== 'skip')));
  return nodesOf(old.filter((finding) => !isFine(finding))).filter(
    (node) => present.has(node) && !told.has(node) && !notFine.has(node),
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
  const nodes = nodesOf(now);
  const notFine = new Set(nodesOf(now.filter((finding) => !isFine(finding))));
  // What applies to none of a node's is not said to be well there.
  const fine = nodesOf(now.filter(({ status }) => status === 'pass')).filter((node) => !notFine.has(node)).length;
  return fine > 0 ? [line('pass', stage, `ok, ${fine} of ${nodes.length} nodes`)] : [];
}

function stageLines(stage: Stage, old: Findings | undefined, now: Findings): string[] {
  const changed = changes(new Map(old?.map((finding) => [key(finding), finding])), now);
  const lines = changeLines(stage, changed);
  if (now.every(isFine)) {
    const wasFine = old !== undefined && old.length > 0 && old.every(isFine);
    return wasFine ? lines : [...lines, okLine(stage, now)];
  }
  const again = recovered(old ?? [], now, changed);
  const blocked = now.filter(({ status }) => status === 'blocked').length;
  const wasBlocked = old?.filter(({ status }) => status === 'blocked').length ?? 0;
  return [
    ...lines,
    ...(again.length > 0 ? [line('pass', stage, `${nameNodes(again, mostNodes)} ok`)] : []),
    ...(old === undefined ? partLine(stage, now) : []),
    ...(blocked > 0 && blocked !== wasBlocked ? [line('blocked', stage, `${blocked} blocked`)] : []),
  ];
}

/**
 * What a round brought, as lines for the log: `<symbol> <stage>: <node>
 * <message>` for what changed, one line for a stage that is fine as a whole,
 * and a count of what is blocked. Without an earlier round, all is new.
 */
export function progressLines(previous: Findings | undefined, next: Findings): string[] {
  const old = previous && Map.groupBy(previous, ({ stage }) => stage);
  const now = Map.groupBy(next, ({ stage }) => stage);
  return stages.flatMap((stage) => {
    const findings = now.get(stage) ?? [];
    return findings.length === 0 ? [] : stageLines(stage, old && (old.get(stage) ?? []), findings);
  });
}
