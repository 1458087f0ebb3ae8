import './signals.ts';

import { registry } from '../checks/registry.ts';
import { checkList, checksJson, explain, noSuchCheck } from '../explain/explain.ts';
import { badInputExitCode } from '../gate/verdict.ts';
import { commandProblems, wantsGateAfter } from '../inputs/command.ts';
import { type CommandLine, parseFlags } from '../inputs/flags.ts';
import { helpText } from '../inputs/help.ts';
import { inputText, type RawInputs } from '../inputs/table.ts';
import { callInput, readVariables } from '../inputs/variables.ts';
import type { Report } from '../report/model.ts';
import { logLine } from '../report/sanitize/escape.ts';
import { refused, run } from '../run.ts';
import { quote } from '../values/problem.ts';
import { version } from '../version.ts';
import { guard } from './guarded-command.ts';
import { cancellation, exit } from './signals.ts';
import { openHost, presentation, show } from './terminal.ts';

/** What could not be written is said, and never changes the verdict. */
async function write(raw: RawInputs, report: Report): Promise<void> {
  const files = [
    [inputText(raw, 'report-file'), 'writeReport'],
    [inputText(raw, 'junit-file'), 'writeJunit'],
  ] as const;
  const troubles = files.map(async ([path, writer]) =>
    path === '' ? undefined : (await import('./report-file.ts'))[writer](path, report),
  );
  for (const trouble of await Promise.all(troubles)) {
    if (trouble !== undefined) {
      console.error(logLine(trouble));
    }
  }
}

async function gate(line: CommandLine, ofDemo?: RawInputs): Promise<number> {
  const variables = readVariables(process.env);
  // A demo knows what it wants, whatever the environment says of a real cluster.
  const raw = { ...(ofDemo ?? variables), ...line.raw };
  const { command } = line;
  const wanted = presentation(raw);
  const signal = cancellation();
  const call = (input: string): string => callInput(input, line.raw, variables);
  const host = { ...(await openHost(wanted, signal)), callInput: call };
  const problems = [...line.problems, ...commandProblems(raw, command, call)];
  const once = (): Promise<Report> => run(raw, host, problems);
  if (command === undefined || problems.length > 0) {
    const report = await once();
    await write(raw, report);
    show(report, wanted);
    return report.exitCode;
  }
  const { exitCode } = await guard({
    gate: once,
    keep: (report) => write(raw, report),
    // Standard output is the command's.
    show: (one) => show(one, wanted, process.stderr),
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

async function demonstrate(line: CommandLine): Promise<number> {
  const { scenario = 'bootstrap' } = line;
  // The simulated cluster is another bundle: whoever gates on a real one never loads it.
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

function explainOne(id: string): number {
  const check = registry.find((one) => one.id === id);
  if (check === undefined) {
    console.error(noSuchCheck(id, registry));
    return badInputExitCode;
  }
  console.log(explain(check));
  return 0;
}

async function follow(line: CommandLine): Promise<number> {
  const { order, problems, raw } = line;
  if (order.name === 'gate') return gate(line);
  if (order.name === 'demo') return demonstrate(line);
  if (problems.length > 0) {
    show(await refused(problems, Date.now()), presentation(raw));
    return badInputExitCode;
  }
  if (order.name === 'explain') return explainOne(order.check);
  console.log(presentation(raw).json ? checksJson(registry) : checkList(registry));
  return 0;
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
  return follow(line);
}

main().then(exit, (cause: unknown) => {
  console.error(cause instanceof Error ? (cause.stack ?? cause.message) : String(cause));
  return exit(1);
});
