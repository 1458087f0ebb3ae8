import { type Err, err, type Result } from './result.ts';

/** One error in the inputs. It never contains a secret. */
export interface Problem {
  readonly input: string;
  /** Empty if the input does not exist. */
  readonly expected: string;
  readonly got: string;
  readonly hint?: string;
}

/** A problem without the name of its input, which the parser of a value does not know. */
export type Complaint = Omit<Problem, 'input'>;

export type Parsed<T> = Result<T, Complaint>;

export function refuse(expected: string, got: string, hint?: string): Err<Complaint> {
  return err({ expected, got, ...(hint !== undefined && { hint }) });
}

/** A flag, variable or input that does not exist. */
export function unknownName(input: string, what: string, hint?: string): Problem {
  return { input, expected: '', got: `unknown ${what}`, ...(hint !== undefined && { hint }) };
}

export function isUnknownName({ expected }: Problem): boolean {
  return expected === '';
}

/** What is wrong, without the input and the hint. */
export function problemText(problem: Problem): string {
  return isUnknownName(problem) ? problem.got : `expected ${problem.expected}; got ${problem.got}`;
}

const maxQuote = 80;

/** Whether a text looks like key material: PEM, or a long run of base64 with upper case, lower case and digits. */
export function looksSecret(text: string): boolean {
  const runs = text.match(/[A-Za-z0-9+=]{20,}/g) ?? [];
  return text.includes('-----') || runs.some((run) => /[a-z]/.test(run) && /[A-Z]/.test(run) && /[0-9]/.test(run));
}

/**
 * Quotes a value for a message: at most 80 characters on one line, without invisible
 * characters and workflow commands. A possible secret, for example in the wrong
 * input, is replaced by its length.
 */
export function quote(value: string): string {
  if (/[\r\n]./s.test(value) || looksSecret(value)) return `a value of ${value.length} characters that is not shown`;
  const characters = [
    ...value
      .slice(0, 4 * maxQuote)
      .replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '\u{fffd}')
      .replaceAll('##[', '## ['),
  ];
  const isTruncated = characters.length > maxQuote;
  return `"${characters.slice(0, maxQuote).join('')}${isTruncated ? '…' : ''}"`;
}

/** Quotes the first ten of these values, and counts the others. */
export function quoteAll(values: readonly string[]): string {
  const shown = values.slice(0, 10).map(quote).join(', ');
  return values.length > 10 ? `${shown} and ${values.length - 10} more` : shown;
}
