import './signals.ts';

import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { error, getInput, setOutput, setSecret, summary, warning } from '@actions/core';
import { secretsOfInput } from '../credentials/secrets.ts';
import { unknownInputs } from '../inputs/action-inputs.ts';
import { inputsAfter } from '../inputs/command.ts';
import { actionInputs, inputText, type RawInputs } from '../inputs/table.ts';
import { annotations } from '../report/annotations.ts';
import { durationOf, type Report } from '../report/model.ts';
import { logLine } from '../report/sanitize/escape.ts';
import { finalText } from '../report/terminal/console.ts';
import { logView } from '../report/terminal/text-view.ts';
import { run } from '../run.ts';
import { parseBoolean } from '../values/boolean.ts';
import { guard } from './guarded-command.ts';
import { logProgress, type Progress, type Span } from './progress.ts';
import { writeJunit, writeReport } from './report-file.ts';
import { cancellation, exit } from './signals.ts';
import { foldIn } from './terminal-support.ts';
import { within } from './time-limit.ts';

function mask(secrets: () => readonly string[]): void {
  for (const secret of secrets()) {
    setSecret(secret);
  }
}

/** The runner empties this folder after the job. */
const temporaryFolder = (): string => process.env['RUNNER_TEMP'] ?? tmpdir();

/** By default, a new file in the runner's temporary folder: a job may run the gate several times. */
async function reportPath(raw: RawInputs): Promise<string> {
  const given = inputText(raw, 'report-file');
  return given === '' ? join(await mkdtemp(join(temporaryFolder(), 'talos-health-')), 'report.json') : given;
}

async function writeSummary(raw: RawInputs, report: Report): Promise<void> {
  const wanted = parseBoolean(inputText(raw, 'summary'));
  // If the value is invalid, the summary says so.
  if ((!wanted.ok || wanted.value) && process.env['GITHUB_STEP_SUMMARY']) {
    const { renderSummary } = await import('../report/markdown/summary.ts');
    await summary.addRaw(renderSummary(report), true).write();
  }
}

async function writeJunitFile(raw: RawInputs, report: Report): Promise<void> {
  const path = inputText(raw, 'junit-file');
  const failure = path === '' ? undefined : await writeJunit(path, report);
  if (failure !== undefined) {
    warning(logLine(failure));
  }
}

/** Logs a failure to write as a warning, so that it does not change the verdict. */
async function tryWrite(what: string, write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (cause) {
    warning(logLine(`${what} could not be written: ${cause instanceof Error ? cause.message : String(cause)}`));
  }
}

/** In milliseconds, as for the report. */
const summaryTimeout = 3000;

function tooLate(): never {
  throw new Error(`it took longer than ${summaryTimeout / 1000} seconds`);
}

function showReport(report: Report): void {
  const fold = foldIn(process.env, report.endedAt);
  console.log(finalText(report, { ...logView, ...(fold !== undefined && { fold }) }));
}

/** Returns the path of the report; `''` if it could not be written, which does not affect the other outputs. */
async function saveReport(raw: RawInputs, report: Report): Promise<string> {
  let path = '';
  await tryWrite('The report', async () => {
    const wanted = await reportPath(raw);
    const failure = await writeReport(wanted, report);
    if (failure === undefined) {
      path = wanted;
    } else {
      warning(logLine(failure));
    }
  });
  return path;
}

/** Writes what the runner reads, before the text: people read a log from its end. */
async function save(raw: RawInputs, report: Report): Promise<void> {
  await Promise.all([
    tryWrite('The step summary', () => within(summaryTimeout, writeSummary(raw, report), tooLate)),
    tryWrite('The JUnit report', () => writeJunitFile(raw, report)),
    tryWrite('The outputs', async () => setOutputs(report, await saveReport(raw, report))),
  ]);
  annotate(report);
}

function annotate(report: Report): void {
  for (const { level, title, message } of annotations(report)) {
    (level === 'error' ? error : warning)(message, { title });
  }
}

const secretInputs = ['talosconfig', 'kubeconfig', 'omni-service-account-key'] as const;

async function main(): Promise<number> {
  const signal = cancellation();
  // First, before an error message can contain a secret.
  mask(() => secretInputs.flatMap((name) => secretsOfInput(getInput(name))));
  const raw: RawInputs = Object.fromEntries(actionInputs.map(({ name }) => [name, getInput(name)]));
  const openProgress = (span: Span): Progress => logProgress((line) => console.log(line), span);
  const host = { env: process.env, mask, openProgress, signal, keepsReport: true };
  const gate = (inputs: RawInputs): Promise<Report> => run(inputs, host, unknownInputs(process.env));
  const script = inputText(raw, 'run');
  if (script === '') {
    const report = await gate(raw);
    await save(raw, report);
    showReport(report);
    return report.exitCode;
  }
  const { exitCode } = await guard({
    gate: (when) => gate(when === 'before' ? raw : inputsAfter(raw)),
    save: (report) => save(raw, report),
    show: showReport,
    command: async () => {
      const { runScript } = await import('./run-script.ts');
      return await runScript(script, temporaryFolder(), signal);
    },
    after: true,
  });
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
