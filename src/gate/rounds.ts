import type { Snapshot } from '../observe/snapshot.ts';
import type { Finding } from './finding.ts';
import { type History, record } from './history.ts';
import { isHealthy } from './verdict.ts';

/** The state of the cluster at one moment, evaluated. */
export interface Round {
  readonly snapshot: Snapshot;
  readonly findings: readonly Finding[];
  /** What this round and the previous ones show. */
  readonly history: History;
  /** When its newest observation began, epoch milliseconds. */
  readonly began: number;
  /** Whether it is a whole round, and no poll of a part. Only such a round can prove that the cluster is healthy. */
  readonly whole: boolean;
  /** Whether no known finding is at fault. */
  readonly healthy: boolean;
}

/** The round that follows `before`. */
export function roundAfter(
  before: Round | undefined,
  { snapshot, findings, began, whole }: Pick<Round, 'snapshot' | 'findings' | 'began' | 'whole'>,
): Round {
  const history = record(before?.history, snapshot.at, findings);
  return { snapshot, findings, history, began, whole, healthy: isHealthy(findings) };
}

/** When the newest answer of a node arrived, epoch milliseconds. */
export function lastAnswer({ nodes }: Snapshot): number {
  const answers = nodes.flatMap(({ version, services, staticPodStatuses }) =>
    [version, services, staticPodStatuses].filter(({ ok }) => ok),
  );
  return answers.reduce((latest, { at }) => Math.max(latest, at), 0);
}
