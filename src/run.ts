import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { catalogue } from './gate/catalogue.ts';
import type { Host } from './host.ts';
import { parseOptions } from './inputs/options.ts';
import { inputText, type RawInputs } from './inputs/table.ts';
import type { Report } from './report/model.ts';
import { isUnknownName, type Problem } from './values/problem.ts';
import { version } from './version.ts';

/**
 * Runs the gate, from raw inputs to a report. Neither invalid inputs nor any
 * state of the cluster makes it throw.
 *
 * @param earlier problems with the syntax of the inputs, reported together with those of their values. If a name is unknown,
 *   values are not judged, because the unknown name may be the cause of their problems.
 */
export async function run(raw: RawInputs, host: Host, earlier: readonly Problem[] = []): Promise<Report> {
  const startedAt = Date.now();
  if (earlier.some(isUnknownName)) return refused(earlier, startedAt, raw);
  const io = {
    env: host.env,
    readFile,
    homedir,
    mask: (secrets: () => readonly string[]) => host.mask(secrets),
  };
  const parsed = await parseOptions(raw, io, catalogue);
  const found = parsed.ok
    ? []
    : parsed.error.map((problem) => ({ ...problem, input: host.callInput?.(problem.input) ?? problem.input }));
  const problems = [...earlier, ...found];
  if (!parsed.ok || problems.length > 0) {
    return refused(problems, startedAt, raw);
  }
  // Loaded here, because help and invalid flags do not need it.
  const { runGate } = await import('./hosts/run-gate.ts');
  return runGate(parsed.value, host);
}

/** The report of invalid inputs, with the name of the gate if it is given. */
export async function refused(problems: readonly Problem[], startedAt: number, raw: RawInputs): Promise<Report> {
  const { buildReport } = await import('./report/build.ts');
  return buildReport({
    version,
    title: inputText(raw, 'title'),
    options: undefined,
    findings: [],
    verdict: 'error',
    reason: problems.length === 1 ? '1 problem' : `${problems.length} problems`,
    startedAt,
    endedAt: Date.now(),
    rounds: 0,
    problems,
  });
}
