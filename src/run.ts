import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { setTimeout as timer } from 'node:timers/promises';
import { formatDuration } from './config/duration.ts';
import type { RawInputs } from './config/inputs.ts';
import { type Options, parseOptions } from './config/options.ts';
import type { Problem } from './config/problem.ts';
import { type Ending, type Round, waitUntilHealthy } from './gate/wait.ts';
import { observe } from './observe/round.ts';
import { openWires } from './observe/wires.ts';
import { buildReport } from './report/build.ts';
import type { Report } from './report/model.ts';
import { progressLines } from './report/progress.ts';
import { version } from './version.ts';

/** Who runs the gate, and what they want to hear while it runs. */
export interface Host {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Told every secret before anything else is done with it. */
  mask(secrets: readonly string[]): void;
  /** One line of progress, safe for a log. */
  progress(line: string): void;
  readonly signal: AbortSignal;
}

/**
 * The gate: from inputs as they came to a report. It never throws for
 * anything that a user or a cluster can do.
 *
 * @param earlier problems with the way the inputs were given, reported together with those of their values
 */
export async function run(raw: RawInputs, host: Host, earlier: readonly Problem[] = []): Promise<Report> {
  const startedAt = Date.now();
  const parsed = await parseOptions(raw, { env: host.env, readFile, homedir, mask: (secrets) => host.mask(secrets) });
  const problems = [...earlier, ...(parsed.ok ? [] : parsed.problems)];
  return parsed.ok && problems.length === 0 ? judge(parsed.options, host) : invalid(problems, startedAt);
}

function invalid(problems: readonly Problem[], startedAt: number): Report {
  return buildReport({
    version,
    options: undefined,
    snapshot: undefined,
    findings: [],
    verdict: 'error',
    reason: problems.length === 1 ? '1 problem with the input' : `${problems.length} problems with the input`,
    startedAt,
    endedAt: Date.now(),
    rounds: 0,
    problems,
  });
}

async function judge(options: Options, host: Host): Promise<Report> {
  const ending = await gate(options, host);
  return buildReport({
    version,
    options,
    snapshot: ending.last?.snapshot,
    findings: ending.last?.findings ?? [],
    verdict: ending.verdict,
    reason: reasonOf(ending, options),
    startedAt: ending.startedAt,
    endedAt: ending.endedAt,
    rounds: ending.rounds,
  });
}

function reasonOf({ verdict }: Ending, { waitTimeout }: Options): string {
  switch (verdict) {
    case 'healthy':
      return '';
    case 'unhealthy':
      return waitTimeout === 0 ? 'as it is now' : `after waiting for ${formatDuration(waitTimeout)}`;
    case 'error':
      return 'waiting cannot help';
    case 'cancelled':
      return 'what is known so far follows';
  }
}

async function gate(options: Options, host: Host): Promise<Ending> {
  using wires = openWires(options.endpoints, options.context);
  let previous: Round | undefined;
  const { rpcTimeout } = options;
  return await waitUntilHealthy(
    options,
    {
      now: Date.now,
      sleep: (milliseconds, signal) => timer(milliseconds, undefined, { signal }).catch(() => undefined),
      observe: (deadline, signal, known) =>
        observe(wires, options, { rpcTimeout, deadline, signal, now: Date.now }, known),
      onRound: (round) => {
        for (const line of progressLines(previous?.findings, round.findings)) {
          host.progress(line);
        }
        previous = round;
      },
    },
    host.signal,
  );
}
