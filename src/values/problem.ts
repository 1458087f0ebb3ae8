import { type Err, err, type Result } from './result.ts';

/** One thing wrong with the input. Never quotes a secret. */
export interface Problem {
  readonly input: string;
  readonly expected: string;
  readonly got: string;
  readonly hint?: string;
}

/** A problem before anybody knows which input it belongs to. */
export type Complaint = Omit<Problem, 'input'>;

export type Parsed<T> = Result<T, Complaint>;

export function refuse(expected: string, got: string, hint?: string): Err<Complaint> {
  return err({ expected, got, ...(hint !== undefined && { hint }) });
}

const longestQuote = 80;

/** Whether a text looks like key material: a long run of base64, with both cases and digits in it. */
export function looksSecret(text: string): boolean {
  const runs = text.match(/[A-Za-z0-9+=]{20,}/g) ?? [];
  return text.includes('-----') || runs.some((run) => /[a-z]/.test(run) && /[A-Z]/.test(run) && /[0-9]/.test(run));
}

/**
 * A value as it may be shown: one line, at most 80 characters of it, nothing
 * invisible, no workflow command. What might be a secret that went into the
 * wrong input is counted, not shown.
 */
export function quote(value: string): string {
  if (/[\r\n]./s.test(value) || looksSecret(value)) return `a value of ${value.length} characters that is not shown`;
  const characters = [
    ...value
      .slice(0, 4 * longestQuote)
      .replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '\u{fffd}')
      .replaceAll('##[', '## ['),
  ];
  const cut = characters.length > longestQuote;
  return `"${characters.slice(0, longestQuote).join('')}${cut ? '…' : ''}"`;
}

/** Names as they may be shown, such as the contexts that exist; the first ten of them. */
export function quoteAll(values: readonly string[]): string {
  const shown = values.slice(0, 10).map(quote).join(', ');
  return values.length > 10 ? `${shown} and ${values.length - 10} more` : shown;
}
