#!/usr/bin/env node
import { type CommandLine, parseFlags } from './config/flags.ts';
import { helpText } from './config/help.ts';
import { inputText } from './config/inputs.ts';
import { finalText } from './report/console.ts';
import { logLine } from './report/escape.ts';
import { writeReport } from './report-file.ts';
import { type Host, run } from './run.ts';
import { cancellation, exit } from './signals.ts';
import { version } from './version.ts';

/** Progress goes to standard error, so that standard output holds the report and nothing else. */
const host = (signal: AbortSignal): Host => ({
  env: process.env,
  mask: () => undefined,
  progress: (line) => console.error(line),
  signal,
});

async function gate({ raw, problems }: CommandLine): Promise<number> {
  const report = await run(raw, host(cancellation()), problems);
  console.log(finalText(report).trimEnd());
  const path = inputText(raw, 'report-file');
  const trouble = path === '' ? undefined : await writeReport(path, report);
  if (trouble !== undefined) {
    console.error(logLine(trouble));
  }
  return report.exitCode;
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
  if (line.command === 'demo' && line.problems.length === 0) {
    // The simulated cluster is another bundle: whoever gates on a real one never loads it.
    const { demo } = await import('../sim/demo.ts');
    return demo(line, host(cancellation()));
  }
  return gate(line);
}

main().then(exit, (cause: unknown) => {
  console.error(cause instanceof Error ? (cause.stack ?? cause.message) : String(cause));
  exit(1);
});
