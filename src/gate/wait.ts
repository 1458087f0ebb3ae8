import type { CheckOptions, Options } from '../config/options.ts';
import type { Cluster } from '../observe/cluster.ts';
import type { Snapshot } from '../observe/snapshot.ts';
import { evaluate } from './evaluate.ts';
import type { Finding, VerdictName } from './finding.ts';
import { verdict } from './verdict.ts';

/** One round, judged. */
export interface Round {
  readonly snapshot: Snapshot;
  readonly findings: readonly Finding[];
}

/** How the wait ended. Times are epoch milliseconds. */
export interface Ending {
  readonly verdict: VerdictName;
  /** What the verdict rests on; absent where the wait was cancelled before anything was seen. */
  readonly last?: Round;
  readonly rounds: number;
  readonly startedAt: number;
  readonly endedAt: number;
}

/** The rim of the wait: observation, time, and whoever wants to follow. */
export interface Surroundings {
  now(): number;
  /** Resolves after so many milliseconds, or at once when the signal aborts; never rejects. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
  /** One round. `deadline` is epoch milliseconds; `known` is the cluster as the round before found it. */
  observe(deadline: number, signal: AbortSignal, known: Cluster | undefined): Promise<Snapshot>;
  onRound(round: Round): void;
}

type WaitOptions = CheckOptions & Pick<Options, 'waitTimeout' | 'retryInterval'>;

/** The last look has to end before the deadline, and takes about as long as the one before. */
const longestLastLook = 1000;

/** When to look again, or undefined where there is no time left for another look. */
function nextLook(now: number, deadline: number, retryInterval: number, lastTook: number): number | undefined {
  const latest = deadline - Math.min(longestLastLook, Math.max(50, 2 * lastTook));
  if (now >= latest) {
    return undefined;
  }
  return Math.min(now + retryInterval, latest);
}

/**
 * Looks at the cluster until one whole round says healthy, until waiting
 * cannot help, or until the deadline. `waitTimeout` 0 is one look. The verdict
 * always comes from a single fresh snapshot.
 */
export async function waitUntilHealthy(
  options: WaitOptions,
  surroundings: Surroundings,
  signal: AbortSignal,
): Promise<Ending> {
  const startedAt = surroundings.now();
  const once = options.waitTimeout === 0;
  const deadline = once ? Number.POSITIVE_INFINITY : startedAt + options.waitTimeout;
  let last: Round | undefined;
  let rounds = 0;
  const end = (name: VerdictName): Ending => ({
    verdict: name,
    ...(last && { last }),
    rounds,
    startedAt,
    endedAt: surroundings.now(),
  });

  for (;;) {
    const began = surroundings.now();
    const snapshot = await surroundings.observe(deadline, signal, last?.snapshot.cluster);
    const round = { snapshot, findings: evaluate(snapshot, options) };
    rounds += 1;
    const now = surroundings.now();
    const next = once ? undefined : nextLook(now, deadline, options.retryInterval, now - began);
    const state = { cancelled: signal.aborted, deadlinePassed: next === undefined };
    // A round that was cut short blames nodes for answers they were not given the time for.
    const cutShort = signal.aborted || now >= deadline;
    if (last === undefined || !cutShort || verdict(round.findings, state) === 'healthy') {
      last = round;
      surroundings.onRound(round);
    }
    const name = verdict(last.findings, state);
    if (name !== undefined) {
      return end(name);
    }
    if (next !== undefined) {
      await surroundings.sleep(next - now, signal);
    }
    if (signal.aborted) {
      return end('cancelled');
    }
  }
}
