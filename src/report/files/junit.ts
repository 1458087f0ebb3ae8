import { type Finding, isUnresolved, type Subject } from '../../gate/finding.ts';
import { type Problem, problemText } from '../../values/problem.ts';
import { claimText } from '../claim.ts';
import { describeCommand } from '../comparison.ts';
import { nameNodes } from '../groups.ts';
import { durationOf, type Report } from '../model.ts';
import { sanitize, truncate } from '../sanitize/sanitize.ts';
import { iso, verdictText } from '../text.ts';
import { withTitle } from '../title.ts';
import { element, xmlText } from './xml.ts';

/** Graphemes per message; the JSON report has the whole text. */
const maxMessageLength = 500;

interface Case {
  readonly name: string;
  readonly result: 'passed' | 'failed' | 'skipped';
  /** Seconds from the start until this result. */
  readonly seconds: number;
  /** XML elements inside the case. */
  readonly content: readonly string[];
}

const line = (text: string): string => truncate(sanitize(text), maxMessageLength);

/** Has the message twice: some readers show the attribute, others the text. */
function failure(message: string, type: string, more: readonly string[]): string {
  return element('failure', { message: line(message), type }, xmlText([message, ...more].map(line).join('\n')));
}

function skipped(message: string): string {
  return element('skipped', { message: line(message) }, xmlText(line(message)));
}

function output(...lines: readonly string[]): string {
  return element('system-out', {}, xmlText(lines.map(line).join('\n')));
}

function contentOf({ status, message, hint, blockedBy }: Finding): Pick<Case, 'result' | 'content'> {
  switch (status) {
    case 'pending':
    case 'fail':
      return {
        result: 'failed',
        content: [failure(message, status, hint === undefined ? [] : [hint.text, ...hint.commands])],
      };
    case 'blocked': {
      const by = blockedBy === undefined ? '' : ` by ${nameOf(blockedBy)}`;
      return { result: 'skipped', content: [skipped(`blocked${by}: ${message}`)] };
    }
    case 'skip':
      return { result: 'skipped', content: [skipped(message)] };
    case 'warn': {
      const lines = [`warning: ${message}`, ...(hint === undefined ? [] : [hint.text])];
      return { result: 'passed', content: [output(...lines)] };
    }
    case 'pass':
      return { result: 'passed', content: [] };
  }
}

/** Unique within a report: readers treat cases of the same name as runs of the same test. */
function nameOf({ check, node }: Subject): string {
  return `${check} on ${nameNodes(node === undefined ? [] : [node], 1)}`;
}

/** A failure lasts until the end; a check that passes takes from the start until it first passed. */
function secondsOf(finding: Finding, report: Report): number {
  const { status } = finding;
  const seconds = durationOf(report) / 1000;
  if (isUnresolved(finding)) {
    return seconds;
  }
  const since = ((report.firstSeen.get(finding) ?? report.startedAt) - report.startedAt) / 1000;
  return status === 'pass' || status === 'warn' ? Math.min(Math.max(0, since), seconds) : 0;
}

function caseOf(finding: Finding, report: Report): Case {
  return { name: nameOf(finding), seconds: secondsOf(finding, report), ...contentOf(finding) };
}

function problemCase(problem: Problem, index: number): Case {
  const { input, hint } = problem;
  const content = [failure(problemText(problem), 'input', hint === undefined ? [] : [hint])];
  return { name: `${index + 1}: ${line(input)}`, result: 'failed', seconds: 0, content };
}

/**
 * Readers only count failures, so a verdict other than healthy is one, unless
 * another case has failed. A verdict that does not cover the whole cluster says so.
 */
function verdictCases(report: Report, failed: boolean): readonly Case[] {
  const { verdict, claim } = report;
  const seconds = durationOf(report) / 1000;
  if (verdict !== 'healthy') {
    const content = [failure(verdictText(report), verdict, [])];
    return failed ? [] : [{ name: 'verdict', result: 'failed', seconds, content }];
  }
  return claimText(claim) === ''
    ? []
    : [{ name: 'verdict', result: 'passed', seconds, content: [output(verdictText(report))] }];
}

/** A command that was not run is skipped, with the reason. */
function commandCase({ command }: Report): readonly Case[] {
  if (command === undefined) {
    return [];
  }
  const description = describeCommand(command);
  if (!command.ran) {
    return [{ name: 'command', result: 'skipped', seconds: 0, content: [skipped(description)] }];
  }
  const { exitCode } = command;
  const seconds = (command.endedAt - command.startedAt) / 1000;
  return [
    exitCode === 0
      ? { name: 'command', result: 'passed', seconds, content: [] }
      : { name: 'command', result: 'failed', seconds, content: [failure(description, 'command', [])] },
  ];
}

type Suite = readonly [name: string, cases: readonly Case[]];

function suitesOf(report: Report): Suite[] {
  const suites: Suite[] = [
    ['input', report.problems.map(problemCase)],
    ...report.stages.map(({ stage, findings }): Suite => [stage, findings.map((finding) => caseOf(finding, report))]),
  ];
  const failed = suites.some(([, cases]) => cases.some(({ result }) => result === 'failed'));
  const verdict: Suite = ['gate', verdictCases(report, failed)];
  return [...suites, verdict, ['command', commandCase(report)] satisfies Suite].filter(([, cases]) => cases.length > 0);
}

function counts(cases: readonly Case[]) {
  const number = (result: Case['result']): number => cases.filter((one) => one.result === result).length;
  return { tests: cases.length, failures: number('failed'), errors: 0, skipped: number('skipped') };
}

const time = (seconds: number): string => seconds.toFixed(3);

/** Readers tell cases apart by their class and name, so the class has the name of the gate. */
function renderSuite([stage, cases]: Suite, { title, startedAt }: Report): string[] {
  const name = withTitle(title, stage);
  const slowest = cases.reduce((most, { seconds }) => Math.max(most, seconds), 0);
  // UTC without a time zone, as the schema of the format requires.
  const timestamp = iso(startedAt).replace(/(\.\d+)?Z$/, '');
  const rows = cases.map(
    (one) =>
      `    ${element('testcase', { name: one.name, classname: name, time: time(one.seconds) }, ...one.content)}\n`,
  );
  return [
    '  ',
    element('testsuite', { name, ...counts(cases), time: time(slowest), timestamp }, '\n', ...rows, '  '),
    '\n',
  ];
}

/**
 * The report as JUnit XML: one suite per stage, named `prod: etcd`, one case per check and node.
 * Checks run concurrently, so the time of a suite is that of its slowest case.
 */
export function renderJunit(report: Report): string {
  const suites = suitesOf(report);
  const all = suites.flatMap(([, cases]) => cases);
  const root = { name: withTitle(report.title, 'talos-health'), ...counts(all), time: time(durationOf(report) / 1000) };
  const rendered = suites.flatMap((suite) => renderSuite(suite, report));
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element('testsuites', root, '\n', ...rendered)}\n`;
}
