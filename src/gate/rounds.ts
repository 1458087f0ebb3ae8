import type { Snapshot } from '../observe/snapshot.ts';
import type { Finding } from './finding.ts';
import { type History, record } from './history.ts';
import { isHealthy } from './verdict.ts';

/** What was known at one moment, judged. */
export interface Round {
  readonly snapshot: Snapshot;
  readonly findings: readonly Finding[];
  /** What this round and the rounds before it show together. */
  readonly history: History;
  /** When its newest observation began, epoch milliseconds. */
  readonly began: number;
  /** Whether everything was observed anew for it. Only such a round can prove that the cluster is healthy. */
  readonly whole: boolean;
  /** Whether nothing that is known is wrong. */
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

/** When the last answer of a node came, epoch milliseconds. */
export function lastAnswer({ nodes }: Snapshot): number {
  const answers = nodes.flatMap(({ version, services, staticPodStatuses }) =>
    [version, services, staticPodStatuses].filter(({ ok }) => ok),
  );
  return answers.reduce((latest, { at }) => Math.max(latest, at), 0);
}
