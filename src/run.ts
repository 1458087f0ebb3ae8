import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { catalogue } from './gate/catalogue.ts';
import type { Host } from './host.ts';
import { parseOptions } from './inputs/options.ts';
import type { RawInputs } from './inputs/table.ts';
import type { Report } from './report/model.ts';
import type { Problem } from './values/problem.ts';
import { version } from './version.ts';

/**
 * The gate: from inputs as they came to a report. It never throws for
 * anything that a user or a cluster can do.
 *
 * @param earlier problems with the way the inputs were given, reported together with those of their values
 */
export async function run(raw: RawInputs, host: Host, earlier: readonly Problem[] = []): Promise<Report> {
  const startedAt = Date.now();
  const io = {
    env: host.env,
    readFile,
    homedir,
    mask: (secrets: () => readonly string[]) => host.mask(secrets),
  };
  const parsed = await parseOptions(raw, io, catalogue);
  const called = parsed.ok
    ? []
    : parsed.error.map((one) => ({ ...one, input: host.callInput?.(one.input) ?? one.input }));
  const problems = [...earlier, ...called];
  if (!parsed.ok || problems.length > 0) {
    return refused(problems, startedAt);
  }
  // What talks to a cluster is loaded for nobody who only wants help or mistyped a flag.
  const { runGate } = await import('./hosts/run-gate.ts');
  return runGate(parsed.value, host);
}

/** The report of input that cannot be used. */
export async function refused(problems: readonly Problem[], startedAt: number): Promise<Report> {
  const { buildReport } = await import('./report/build.ts');
  return buildReport({
    version,
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
