import { type Stage, type Status, stages } from '../../checks/check.ts';
import { count } from '../../checks/text.ts';
import { type Finding, isFine, nodesOf, subjectKey, worst } from '../../gate/finding.ts';
import { fewPerCheck, groupFindings, nameNodes } from '../groups.ts';
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
  const lines = fewPerCheck(groupFindings(changed)).map(({ status, message, nodes }) =>
    line(status, stage, `${nameNodes(nodes, maxNodes)}: ${message}`),
  );
  const more = lines.length - maxLines;
  return more > 0 ? [...lines.slice(0, maxLines), logLine(`${stage}: and ${more} more changes`)] : lines;
}

/** Nodes that became ok in this stage in this round, and that no line of a change names. */
function recovered(old: Findings, now: Findings, changed: Findings): readonly string[] {
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
  return line(
    'pass',
    stage,
    [
      'ok',
      ...(nodes === 0 ? [] : [count(nodes, 'node')]),
      ...(skipped.length === 0 ? [] : [`${skipped.length} skipped`]),
    ].join(', '),
  );
}

/** The state of a stage that is not ok as a whole, such as `2 of 3 nodes ok, 6 checks blocked`. */
function partLine(stage: Stage, now: Findings): string {
  const faulty = now.filter((finding) => !isFine(finding));
  const notOk = new Set(nodesOf(faulty));
  // A node to which no check of the stage applies is not ok.
  const nodes = nodesOf(now.filter(({ status }) => status !== 'skip'));
  const ok = nodes.filter((node) => !notOk.has(node)).length;
  const blocked = now.filter(({ status }) => status === 'blocked').length;
  const warnings = now.filter(({ status }) => status === 'warn').length;
  const parts = [
    ...(nodes.length === 0 ? [] : [`${ok} of ${count(nodes.length, 'node')} ok`]),
    ...(faulty.some(({ node }) => node === undefined) ? [nodes.length === 0 ? 'not ok' : 'the cluster is not'] : []),
    ...(blocked === 0 ? [] : [`${count(blocked, 'check')} blocked`]),
    ...(warnings === 0 ? [] : [count(warnings, 'warning')]),
  ];
  return line(worst(now) ?? 'skip', stage, parts.join(', '));
}

/** Only a stage of which everything is ok is said to be. */
function stateLine(stage: Stage, now: Findings): string {
  return now.every(isOk) ? okLine(stage, now) : partLine(stage, now);
}

function stageLines(stage: Stage, old: Findings, now: Findings): string[] {
  const changed = changes(old, now);
  const again = now.every(isOk) ? [] : recovered(old, now, changed);
  const state = stateLine(stage, now);
  return [
    ...changeLines(stage, changed),
    ...(again.length > 0 ? [line('pass', stage, `${nameNodes(again, maxNodes)}: ok`)] : []),
    ...(old.length > 0 && stateLine(stage, old) === state ? [] : [state]),
  ];
}

/**
 * The changes of a round as log lines: `<symbol> <stage>: <node>: <message>` per
 * change, and the state of each stage that has changed. Without a previous
 * round, everything is new.
 */
export function progressLines(previous: View | undefined, next: View): string[] {
  const findingsOf = (view: View | undefined, stage: Stage): Findings =>
    view?.stages.find((one) => one.stage === stage)?.findings ?? [];
  return stages.flatMap((stage) => {
    const now = findingsOf(next, stage);
    return now.length === 0 ? [] : stageLines(stage, findingsOf(previous, stage), now);
  });
}
