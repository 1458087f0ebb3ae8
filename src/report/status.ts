import type { Status } from '../checks/check.ts';
import type { Finding, VerdictName } from '../gate/finding.ts';

/** The worst first: what a group of findings comes to is the first of these that is among them. */
const worstFirst: readonly Status[] = ['fail', 'pending', 'blocked', 'warn', 'skip', 'pass'];

export function severity(status: Status): number {
  return worstFirst.indexOf(status);
}

/** The aggregated status of a cell (node × stage), a stage or a node; undefined where nothing was judged. */
export function worst(findings: readonly Finding[]): Status | undefined {
  const seen = new Set(findings.map((finding) => finding.status));
  return worstFirst.find((status) => seen.has(status));
}

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

export function symbol(status: Status): string {
  return symbols[status];
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

/** What one cell of the matrix shows. Checks that do not apply hide no passing ones. */
export function cellLabel(findings: readonly Finding[], verdict: VerdictName): string {
  const status = worst(findings);
  if (status === undefined) {
    return '–';
  }
  const skipped = findings.filter((finding) => finding.status === 'skip').length;
  return status === 'skip' && skipped < findings.length
    ? `${label('pass', verdict)}, ${skipped} skipped`
    : label(status, verdict);
}

/** Such as `1 failing, 3 blocked, 8 pass`, the worst first. */
export function tally(findings: readonly Finding[], verdict: VerdictName): string {
  const counts = new Map<string, number>();
  for (const status of worstFirst) {
    const count = findings.filter((finding) => finding.status === status).length;
    const word = words[settled(status, verdict)];
    if (count > 0) {
      counts.set(word, (counts.get(word) ?? 0) + count);
    }
  }
  return [...counts].map(([word, count]) => `${count} ${word}`).join(', ');
}
