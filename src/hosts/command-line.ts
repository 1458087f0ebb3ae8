import './signals.ts';

import { registry } from '../checks/registry.ts';
import { checksJson, explain, explainJson, noSuchCheck } from '../explain/explain.ts';
import { checkDetails, checkTable } from '../explain/list.ts';
import { badInputExitCode } from '../gate/verdict.ts';
import { commandProblems, inputsAfter, wantsGateAfter } from '../inputs/command.ts';
import { defaultScenario, missingInputs, presetOf } from '../inputs/commands.ts';
import { type CommandLine, parseFlags } from '../inputs/flags.ts';
import { helpText } from '../inputs/help.ts';
import { type Listing, parseListing, parseOutput } from '../inputs/output.ts';
import { inputText, type RawInputs } from '../inputs/table.ts';
import { callInput, readVariables, unknownVariables } from '../inputs/variables.ts';
import type { Report } from '../report/model.ts';
import { logLine } from '../report/sanitize/escape.ts';
import { refused, run } from '../run.ts';
import { quote } from '../values/problem.ts';
import { terminalWidth } from '../values/wrap.ts';
import { version } from '../version.ts';
import { guard } from './guarded-command.ts';
import { cancellation, exit } from './signals.ts';
import { openHost, presentation, show } from './terminal.ts';

/** Writes the report files. A file that cannot be written is reported on standard error, and does not change the verdict. */
async function writeFiles(raw: RawInputs, report: Report): Promise<void> {
  const files = [
    [inputText(raw, 'report-file'), 'writeReport'],
    [inputText(raw, 'junit-file'), 'writeJunit'],
    [inputText(raw, 'message-file'), 'writeMessage'],
  ] as const;
  const failures = files.map(async ([path, writer]) =>
    path === '' ? undefined : (await import('./report-file.ts'))[writer](path, report),
  );
  for (const failure of await Promise.all(failures)) {
    if (failure !== undefined) {
      console.error(logLine(failure));
    }
  }
}

async function gate(line: CommandLine, demoInputs?: RawInputs): Promise<number> {
  const variables = readVariables(process.env);
  // A demo ignores environment variables, which may be for a real cluster.
  const given = { ...(demoInputs ?? variables), ...line.raw };
  const raw = { ...presetOf(line.order), ...given };
  const { command } = line;
  const wanted = presentation(raw);
  const signal = cancellation();
  const nameInput = (input: string): string => callInput(input, line.raw, variables);
  const host = { ...(await openHost(wanted, signal)), callInput: nameInput };
  const unknown = demoInputs === undefined ? unknownVariables(process.env) : [];
  const problems = [
    ...line.problems,
    ...unknown,
    ...missingInputs(line.order, raw),
    ...commandProblems(raw, command, nameInput),
  ];
  const runOnce = (inputs: RawInputs): Promise<Report> => run(inputs, host, problems);
  if (command === undefined || problems.length > 0) {
    const report = await runOnce(raw);
    await writeFiles(raw, report);
    await show(report, wanted);
    return report.exitCode;
  }
  const { exitCode } = await guard({
    gate: (when) => runOnce(when === 'before' ? raw : inputsAfter(given)),
    save: (report) => writeFiles(raw, report),
    // Standard output is for the command.
    show: (report) => show(report, wanted, process.stderr),
    command: async () => {
      const [{ runCommand }, { isAtTerminal }] = await Promise.all([
        import('./spawn.ts'),
        import('./process-group.ts'),
      ]);
      const start = { stdin: 'inherit', env: process.env, atTerminal: isAtTerminal() } as const;
      return await runCommand(command, start, signal, (text) => console.error(logLine(text)));
    },
    after: wantsGateAfter(raw),
  });
  return exitCode;
}

async function runDemo(line: CommandLine): Promise<number> {
  const { scenario = defaultScenario } = line;
  // The simulated cluster is a separate bundle, which only the demo loads.
  const { demo, isScenario, scenarioList } = await import('../../sim/demo.ts');
  if (scenario === 'list') {
    console.log(scenarioList());
    return 0;
  }
  if (!isScenario(scenario)) {
    console.log(`There is no scenario ${quote(scenario)}. These exist:\n${scenarioList()}`);
    return badInputExitCode;
  }
  return demo(scenario, (inputs) => gate(line, inputs), console.error);
}

function explainOne(id: string, json: boolean): number {
  const check = registry.find((candidate) => candidate.id === id);
  if (check === undefined) {
    console.error(noSuchCheck(id, registry));
    return badInputExitCode;
  }
  console.log(json ? explainJson(check) : explain(check));
  return 0;
}

const listings: Readonly<Record<Listing, (width: number) => string>> = {
  text: (width) => checkTable(registry, width),
  wide: (width) => checkDetails(registry, width),
  json: () => checksJson(registry),
};

/** In columns: less leaves no room beside the ids of checks, and longer lines are hard to read. */
const widths = { least: 72, most: 120 } as const;

function listChecks(listing: Listing): number {
  const width = Math.min(Math.max(process.stdout.columns ?? terminalWidth, widths.least), widths.most);
  console.log(listings[listing](width));
  return 0;
}

async function runSubcommand(line: CommandLine): Promise<number> {
  const { order, raw } = line;
  if (order.name === 'gate' || order.name === 'preflight' || order.name === 'safe-to-reboot') return gate(line);
  if (order.name === 'demo' && line.problems.length === 0) return runDemo(line);
  const listing = (order.name === 'checks' ? parseListing : parseOutput)(inputText(raw, 'output'));
  const problems = [...line.problems, ...(listing.ok ? [] : [{ input: '--output', ...listing.error }])];
  if (!listing.ok || problems.length > 0) {
    await show(await refused(problems, Date.now(), raw), presentation(raw));
    return badInputExitCode;
  }
  return order.name === 'explain' ? explainOne(order.check, listing.value === 'json') : listChecks(listing.value);
}

async function main(): Promise<number> {
  const line = parseFlags(process.argv.slice(2));
  if (line.help) {
    console.log(helpText(line.order.name).trimEnd());
    return 0;
  }
  if (line.version) {
    console.log(version);
    return 0;
  }
  return runSubcommand(line);
}

main().then(exit, (cause: unknown) => {
  console.error(cause instanceof Error ? (cause.stack ?? cause.message) : String(cause));
  return exit(1);
});
