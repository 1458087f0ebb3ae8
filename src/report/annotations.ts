import { count } from '../checks/text.ts';
import type { RootCause } from '../diagnosis/root-cause.ts';
import { type Finding, isUnresolved, nodesOf } from '../gate/finding.ts';
import { problemText } from '../values/problem.ts';
import { nameBlamed } from './cause-text.ts';
import { commandFailed, describeCommand } from './comparison.ts';
import { nameNodes, warnings } from './groups.ts';
import type { Report } from './model.ts';
import { logLine } from './sanitize/escape.ts';

/** GitHub shows ten annotations of each level per step; the tenth counts the rest. */
const maxAnnotations = 9;
/** Observations per annotation. */
const maxObservations = 3;

export interface Annotation {
  readonly level: 'error' | 'warning';
  readonly title: string;
  /** Lines without workflow commands. */
  readonly message: string;
}

/** The part of an annotation about one cause or warning. */
interface Part {
  readonly check: string;
  readonly nodes: readonly string[];
  /** Nodes, or what else is to blame. */
  readonly who: string;
  readonly lines: readonly string[];
}

function describe(who: string, message: string, advice: string | undefined, commands: readonly string[]): string[] {
  return [
    logLine(`${who}: ${message}`),
    // The explanation is in the summary.
    ...(advice === undefined ? [] : [logLine(advice)]),
    ...commands.slice(0, 3).map((command) => logLine(command, 2)),
  ];
}

/** A check that fails as a consequence refers to the cause. */
function consequence(check: string, findings: readonly Finding[], cause: string): Part {
  const nodes = nodesOf(findings);
  const lines = findings.slice(0, 1).map(({ message }) => logLine(`${nameNodes(nodes, 10)}: ${message}`));
  return { check, nodes, who: nameNodes(nodes, 3), lines: [...lines, logLine(`This follows from ${cause}`)] };
}

/** The cause under its own check, and each other check that fails because of it. */
function partsOf(cause: RootCause): Part[] {
  const { check, nodes, title, explanation, hint } = cause;
  const who = nameBlamed(cause, 3);
  const others = Map.groupBy([...cause.findings, ...cause.consequences].filter(isUnresolved), (one) => one.check);
  others.delete(check);
  const advice = [explanation, hint.text].findLast((text) => text !== '');
  return [
    { check, nodes, who, lines: describe(nameBlamed(cause, 10), title, advice, hint.commands) },
    ...[...others].map(([other, findings]) => consequence(other, findings, `${who}: ${title}`)),
  ];
}

/** One annotation per check, with its observations and what to do about each. */
function annotate(level: Annotation['level'], parts: readonly Part[]): Annotation[] {
  return [...Map.groupBy(parts, ({ check }) => check)].map(([check, same]) => {
    const nodes = [...new Set(same.flatMap((part) => part.nodes))];
    const who = nodes.length > 0 ? nameNodes(nodes, 3) : (same[0]?.who ?? '');
    const more = same.length - maxObservations;
    const lines = same.slice(0, maxObservations).flatMap((part) => part.lines);
    return {
      level,
      title: logLine(`${check}: ${who}`),
      message: [...lines, ...(more > 0 ? [`and ${count(more, 'more cause')} of this check`] : [])].join('\n'),
    };
  });
}

/** One annotation per failing check, in the order in which to fix them, then the warnings: at most nine and the number of the rest. */
export function annotations(report: Report): Annotation[] {
  const warned = warnings(report).map(({ check, nodes, message, hints, commands }): Part => {
    const who = nameNodes(nodes, 10);
    return { check, nodes, who, lines: describe(who, message, hints.at(-1), commands) };
  });
  const { command } = report;
  const all: Annotation[] = [
    ...(command !== undefined && commandFailed(report)
      ? [{ level: 'error' as const, title: 'command', message: describeCommand(command) }]
      : []),
    ...report.problems.map((problem) => ({
      level: 'error' as const,
      title: logLine(`input ${problem.input}`),
      message: logLine(`${problemText(problem)}${problem.hint === undefined ? '' : `; ${problem.hint}`}`),
    })),
    ...annotate('error', report.causes.flatMap(partsOf)),
    ...annotate('warning', warned),
  ];
  const [next] = all.slice(maxAnnotations);
  if (next === undefined) {
    return all;
  }
  const rest = {
    level: next.level,
    title: 'talos-health',
    message: `${all.length - maxAnnotations} more: see the summary of the job`,
  };
  return [...all.slice(0, maxAnnotations), rest];
}
