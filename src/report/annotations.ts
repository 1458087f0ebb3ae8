import { rawErrorAt } from '../diagnosis/raw-error.ts';
import type { RootCause } from '../diagnosis/root-cause.ts';
import { titleInWords } from '../diagnosis/title.ts';
import { problemText } from '../values/problem.ts';
import { causeLine, consequencesText, quotedError } from './cause-text.ts';
import { commandFailed, describeCommand } from './comparison.ts';
import { nameNodes, warnings } from './groups.ts';
import type { Report } from './model.ts';
import { logLine } from './sanitize/escape.ts';
import { withTitle } from './title.ts';

/** GitHub shows ten annotations of each level per step; the tenth counts the rest. */
const maxAnnotations = 9;

export interface Annotation {
  readonly level: 'error' | 'warning';
  readonly title: string;
  /** Lines without workflow commands. */
  readonly message: string;
}

function describe(message: string, advice: string | undefined, commands: readonly string[]): string {
  return [
    logLine(message),
    // The explanation is in the summary.
    ...(advice === undefined ? [] : [logLine(advice)]),
    ...commands.slice(0, 3).map((command) => logLine(command, 2)),
  ].join('\n');
}

/** What was observed, what to do, and how much follows from it. */
function ofCause(cause: RootCause): Annotation {
  const { check, stage, nodes, explanation, hint } = cause;
  const observed = quotedError(cause);
  const who = nodes.length > 0 ? ` on ${nameNodes(nodes, 10)}` : '';
  const advice = [explanation, hint.text].findLast((text) => text !== '');
  return {
    level: 'error',
    title: causeLine(cause, 3),
    message: describe(
      `${stage}: ${check}${who}${consequencesText(cause)}${observed === undefined ? '' : `; ${observed}`}`,
      advice,
      hint.commands,
    ),
  };
}

/**
 * One annotation per cause, in the order in which to fix them, then the warnings: at most nine and the number of the rest.
 * The name of the gate leads each title.
 */
export function annotations(report: Report): Annotation[] {
  const warned = warnings(report).map(
    ({ check, nodes, message, hints, commands }): Annotation => ({
      level: 'warning',
      title: `${nameNodes(nodes, 3)}: ${titleInWords(message, check)}`,
      message: describe(
        `${check}: ${nameNodes(nodes, 10)}${rawErrorAt(message) < 0 ? '' : `: ${message}`}`,
        hints.at(-1),
        commands,
      ),
    }),
  );
  const { command } = report;
  const all: Annotation[] = [
    ...(command !== undefined && commandFailed(report)
      ? [{ level: 'error' as const, title: 'the command failed', message: describeCommand(command) }]
      : []),
    ...report.problems.map((problem) => ({
      level: 'error' as const,
      title: `input ${problem.input}`,
      message: logLine(`${problemText(problem)}${problem.hint === undefined ? '' : `; ${problem.hint}`}`),
    })),
    ...report.causes.map(ofCause),
    ...warned,
  ];
  return limited(all).map((one) => ({ ...one, title: logLine(withTitle(report.title, one.title)) }));
}

function limited(all: readonly Annotation[]): readonly Annotation[] {
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
