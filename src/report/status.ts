import type { Status } from '../checks/check.ts';
import { type Finding, severity, type VerdictName } from '../gate/finding.ts';
import type { Cell } from './view.ts';

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

/** What stands in a cell without findings. */
export const nothing = '–';

export function symbol(status: Status): string {
  return symbols[status];
}

/** In a live table, whose cells have no symbols. */
export function liveWord(status: Status): string {
  return status === 'pass' ? 'ok' : words[status];
}

/** What it comes to in the end: once the time is up, what is still pending has failed. */
export function settled(status: Status, verdict: VerdictName): Status {
  return status === 'pending' && verdict === 'unhealthy' ? 'fail' : status;
}

/** In a narrow table the two would part. */
const noBreak = '\u00a0';

/** Symbol and word: an emoji never stands alone. */
export function label(status: Status, verdict: VerdictName): string {
  const shown = settled(status, verdict);
  return `${symbols[shown]}${noBreak}${words[shown]}`;
}

/** What one cell of the matrix shows. */
export function cellLabel(cell: Cell | undefined, verdict: VerdictName): string {
  return cell === undefined
    ? nothing
    : label(cell.status, verdict) + (cell.skipped === 0 ? '' : `, ${cell.skipped} skipped`);
}

/** Such as `1 failing, 3 blocked, 8 pass`, the worst first. */
export function tally(findings: readonly Finding[], verdict: VerdictName): string {
  const byWord = Map.groupBy(worstFirst(findings), ({ status }) => words[settled(status, verdict)]);
  return [...byWord].map(([word, same]) => `${same.length} ${word}`).join(', ');
}

/** In the order of the checks among those of one status. */
export function worstFirst(findings: readonly Finding[]): readonly Finding[] {
  return findings.toSorted((one, other) => severity(one.status) - severity(other.status));
}
