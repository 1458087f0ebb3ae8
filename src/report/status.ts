import type { Status } from '../checks/check.ts';
import { type Finding, severity, type VerdictName } from '../gate/finding.ts';

const symbols: Readonly<Record<Status, string>> = {
  pass: '✅',
  fail: '❌',
  pending: '⏳',
  blocked: '⛔',
  warn: '⚠️',
  skip: '➖',
};

const words: Readonly<Record<Status, string>> = {
  pass: 'pass',
  fail: 'failing',
  pending: 'waiting',
  blocked: 'blocked',
  warn: 'warning',
  skip: 'skipped',
};

/** The text of a cell without findings. */
export const emptyCell = '–';

export function symbol(status: Status): string {
  return symbols[status];
}

export function word(status: Status): string {
  return words[status];
}

/** For the matrix, with a legend: what is blocked stands back behind what blocks it. */
export function matrixSymbol(status: Status): string {
  return status === 'blocked' ? '○' : symbols[status];
}

/** For the live table, whose cells have no symbols. */
export function liveWord(status: Status): string {
  return status === 'pass' ? 'ok' : words[status];
}

/** The status at the end: what is pending at the deadline has failed. */
export function finalStatus(status: Status, verdict: VerdictName): Status {
  return status === 'pending' && verdict === 'unhealthy' ? 'fail' : status;
}

/** Keeps symbol and word together in narrow tables. */
const noBreak = '\u00a0';

/** Symbol and word. */
export function label(status: Status, verdict: VerdictName): string {
  const shown = finalStatus(status, verdict);
  return `${symbols[shown]}${noBreak}${words[shown]}`;
}

/** Such as `1 failing, 3 blocked, 8 pass`, the worst first. */
export function tally(findings: readonly Finding[], verdict: VerdictName): string {
  const byWord = Map.groupBy(worstFirst(findings), ({ status }) => words[finalStatus(status, verdict)]);
  return [...byWord].map(([word, same]) => `${same.length} ${word}`).join(', ');
}

/** Sorted by severity; equal statuses keep their order. */
export function worstFirst(findings: readonly Finding[]): readonly Finding[] {
  return findings.toSorted((one, other) => severity(one.status) - severity(other.status));
}
