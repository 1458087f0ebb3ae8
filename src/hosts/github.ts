import './signals.ts';

import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { error, getInput, setOutput, setSecret, summary, warning } from '@actions/core';
import { secretsOfInput } from '../credentials/secrets.ts';
import { actionInputs, inputText, type RawInputs } from '../inputs/table.ts';
import { annotations } from '../report/annotations.ts';
import { durationOf, type Report } from '../report/model.ts';
import { logLine } from '../report/sanitize/escape.ts';
import { withoutColour } from '../report/terminal/colour.ts';
import { finalText } from '../report/terminal/console.ts';
import { run } from '../run.ts';
import { parseBoolean } from '../values/boolean.ts';
import { guard } from './guarded-command.ts';
import { type Follower, followInLog, type Span } from './progress.ts';
import { writeJunit, writeReport } from './report-file.ts';
import { cancellation, exit } from './signals.ts';
import { within } from './time-limit.ts';

function mask(secrets: () => readonly string[]): void {
  for (const secret of secrets()) {
    setSecret(secret);
  }
}

/** What the runner empties after the job. */
const temporary = (): string => process.env['RUNNER_TEMP'] ?? tmpdir();

/** By default a file of its own in the runner's temporary folder: one job may gate more than once. */
async function reportPath(raw: RawInputs): Promise<string> {
  const given = inputText(raw, 'report-file');
  return given === '' ? join(await mkdtemp(join(temporary(), 'talos-health-')), 'report.json') : given;
}

async function writeSummary(raw: RawInputs, report: Report): Promise<void> {
  const wanted = parseBoolean(inputText(raw, 'summary'));
  // A summary that was asked for in a wrong way is one that can tell so.
  if ((!wanted.ok || wanted.value) && process.env['GITHUB_STEP_SUMMARY']) {
    const { renderSummary } = await import('../report/markdown/summary.ts');
    await summary.addRaw(renderSummary(report), true).write();
  }
}

async function writeJunitFile(raw: RawInputs, report: Report): Promise<void> {
  const path = inputText(raw, 'junit-file');
  const trouble = path === '' ? undefined : await writeJunit(path, report);
  if (trouble !== undefined) {
    warning(logLine(trouble));
  }
}

/** Whatever cannot be told to the runner is said in the log; the verdict stands. */
async function tell(what: string, telling: () => Promise<void>): Promise<void> {
  try {
    await telling();
  } catch (cause) {
    warning(logLine(`${what} could not be written: ${cause instanceof Error ? cause.message : String(cause)}`));
  }
}

/** In milliseconds, as for the report. */
const longestSummary = 3000;

function tooLate(): never {
  throw new Error(`it took longer than ${longestSummary / 1000} seconds`);
}

function showReport(report: Report): void {
  console.log(finalText(report, { groups: process.env['GITHUB_ACTIONS'] === 'true', paint: withoutColour }));
}

/** Where the report is; `''` where it could not be written, without which the other outputs are no less true. */
async function keepReport(raw: RawInputs, report: Report): Promise<string> {
  let path = '';
  await tell('The report', async () => {
    const wanted = await reportPath(raw);
    const trouble = await writeReport(wanted, report);
    if (trouble === undefined) {
      path = wanted;
    } else {
      warning(logLine(trouble));
    }
  });
  return path;
}

async function keep(raw: RawInputs, report: Report): Promise<void> {
  await Promise.all([
    tell('The step summary', () => within(longestSummary, writeSummary(raw, report), tooLate)),
    tell('The JUnit report', () => writeJunitFile(raw, report)),
    tell('The outputs', async () => setOutputs(report, await keepReport(raw, report))),
  ]);
}

function annotate(report: Report): void {
  for (const { level, title, message } of annotations(report)) {
    (level === 'error' ? error : warning)(message, { title });
  }
}

async function main(): Promise<number> {
  const signal = cancellation();
  // Before anything can throw, or echo what it was given.
  mask(() => ['talosconfig', 'kubeconfig'].flatMap((name) => secretsOfInput(getInput(name))));
  const raw: RawInputs = Object.fromEntries(actionInputs.map(({ name }) => [name, getInput(name)]));
  const follow = (span: Span): Follower => followInLog((line) => console.log(line), span);
  const gate = (): Promise<Report> => run(raw, { env: process.env, mask, follow, signal });
  const script = inputText(raw, 'run');
  if (script === '') {
    const report = await gate();
    await keep(raw, report);
    showReport(report);
    annotate(report);
    return report.exitCode;
  }
  const { report, exitCode } = await guard({
    gate,
    keep: (report) => keep(raw, report),
    show: showReport,
    command: async () => {
      const { runScript } = await import('./run-script.ts');
      return await runScript(script, temporary(), signal);
    },
    after: true,
  });
  annotate(report);
  return exitCode;
}

function setOutputs(report: Report, path: string): void {
  const { outputs, command } = report;
  setOutput('healthy', outputs.healthy);
  setOutput('verdict', outputs.verdict);
  setOutput('failed-stage', outputs.failedStage ?? '');
  setOutput('failed-checks', outputs.failedChecks.join(','));
  setOutput('healthy-nodes', outputs.healthyNodes.join(','));
  setOutput('unhealthy-nodes', outputs.unhealthyNodes.join(','));
  setOutput('claim', outputs.claim);
  setOutput('duration-seconds', durationOf(report) / 1000);
  setOutput('report', path);
  setOutput('command-exit-code', command?.ran ? command.exitCode : '');
}

main().then(exit, (cause: unknown) => {
  error(cause instanceof Error ? cause : String(cause), { title: 'talos-health failed itself' });
  return exit(1);
});
