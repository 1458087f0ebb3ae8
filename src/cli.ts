#!/usr/bin/env node
import './signals.ts';

import { type CommandLine, parseFlags } from './config/flags.ts';
import { helpText } from './config/help.ts';
import { inputText, type RawInputs } from './config/inputs.ts';
import { type Problem, quote } from './config/problem.ts';
import { badInputExitCode } from './gate/verdict.ts';
import { openHost, presentation, show } from './present.ts';
import { logLine } from './report/escape.ts';
import type { Report } from './report/model.ts';
import { writeJunit, writeReport } from './report-file.ts';
import { run } from './run.ts';
import { cancellation, exit } from './signals.ts';
import { version } from './version.ts';

/** What could not be written is said, and never changes the verdict. */
async function write(raw: RawInputs, report: Report): Promise<void> {
  const files = [
    [inputText(raw, 'report-file'), writeReport],
    [inputText(raw, 'junit-file'), writeJunit],
  ] as const;
  for (const [path, writeFile] of files) {
    const trouble = path === '' ? undefined : await writeFile(path, report);
    if (trouble !== undefined) {
      console.error(logLine(trouble));
    }
  }
}

async function gate(raw: RawInputs, problems: readonly Problem[], signal: AbortSignal): Promise<number> {
  const wanted = presentation(raw);
  const report = await run(raw, openHost(wanted, signal), problems);
  show(report, wanted);
  await write(raw, report);
  return report.exitCode;
}

async function demonstrate({ scenario = 'bootstrap', raw, problems }: CommandLine): Promise<number> {
  // The simulated cluster is another bundle: whoever gates on a real one never loads it.
  const { demo, isScenario, scenarioList } = await import('../sim/demo.ts');
  if (scenario === 'list') {
    console.log(scenarioList());
    return 0;
  }
  if (!isScenario(scenario)) {
    console.log(`There is no scenario ${quote(scenario)}. These exist:\n${scenarioList()}`);
    return badInputExitCode;
  }
  const signal = cancellation();
  return demo(scenario, (inputs) => gate({ ...inputs, ...raw }, problems, signal), console.error);
}

async function main(): Promise<number> {
  const line = parseFlags(process.argv.slice(2));
  if (line.help) {
    console.log(helpText().trimEnd());
    return 0;
  }
  if (line.version) {
    console.log(version);
    return 0;
  }
  return line.command === 'demo' ? demonstrate(line) : gate(line.raw, line.problems, cancellation());
}

main().then(exit, (cause: unknown) => {
  console.error(cause instanceof Error ? (cause.stack ?? cause.message) : String(cause));
  exit(1);
});
