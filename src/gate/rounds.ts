import type { CheckOptions } from '../inputs/options.ts';
import type { Snapshot } from '../observe/snapshot.ts';
import { evaluate } from './evaluate.ts';
import type { Finding } from './finding.ts';
import { type History, record } from './history.ts';
import { isHealthy } from './verdict.ts';

/** What was known at one moment, judged. */
export interface Round {
  readonly snapshot: Snapshot;
  readonly findings: readonly Finding[];
  /** What it and the rounds before it tell together. */
  readonly history: History;
  /** When it was begun to be looked at, epoch milliseconds. */
  readonly began: number;
  /** Whether all of it was seen in one go; only then can it say healthy. */
  readonly whole: boolean;
  /** Whether nothing is wrong with what is known. */
  readonly good: boolean;
}

/** The rounds so far, added up. */
export interface Rounds {
  /** Judges what is known, without making it a round yet. */
  judge(snapshot: Snapshot): readonly Finding[];
  /** Makes it a round. */
  conclude(snapshot: Snapshot, findings: readonly Finding[], whole: boolean, began: number): Round;
  readonly last: Round | undefined;
  readonly count: number;
  /** Since when it has been healthy without a break; absent where it is not. */
  readonly healthySince: number | undefined;
  /** How often a cluster that was healthy did not stay so. */
  readonly flaps: number;
  /** How long judging took last, in milliseconds. */
  readonly judging: number;
}

export function openRounds(options: CheckOptions, now: () => number, onRound: (round: Round) => void): Rounds {
  let last: Round | undefined;
  let count = 0;
  let healthySince: number | undefined;
  let flaps = 0;
  let judging = 0;
  return {
    judge(snapshot) {
      const began = now();
      const findings = evaluate(snapshot, options);
      judging = now() - began;
      return findings;
    },
    conclude(snapshot, findings, whole, began) {
      const good = isHealthy(findings);
      flaps += !good && healthySince !== undefined ? 1 : 0;
      healthySince = good ? (healthySince ?? (whole ? began : undefined)) : undefined;
      count += 1;
      last = { snapshot, findings, history: record(last?.history, snapshot.at, findings), began, whole, good };
      onRound(last);
      return last;
    },
    get last() {
      return last;
    },
    get count() {
      return count;
    },
    get healthySince() {
      return healthySince;
    },
    get flaps() {
      return flaps;
    },
    get judging() {
      return judging;
    },
  };
}
