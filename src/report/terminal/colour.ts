import type { Status } from '../../checks/check.ts';

/** The meaning of a text, independent of its colour. */
export type Tone = 'good' | 'bad' | 'attention' | 'quiet' | 'heading';

/** Colours a sanitized text. */
export type Paint = (tone: Tone, text: string) => string;

/** SGR codes of ECMA-48 that are readable on dark and on light backgrounds. */
const codes: Readonly<Record<Tone, number>> = { good: 32, bad: 31, attention: 33, quiet: 2, heading: 1 };

export const inColour: Paint = (tone, text) => (text === '' ? '' : `\u001b[${codes[tone]}m${text}\u001b[0m`);

export const withoutColour: Paint = (_tone, text) => text;

const tones: Readonly<Record<Status, Tone>> = {
  pass: 'good',
  fail: 'bad',
  pending: 'attention',
  blocked: 'quiet',
  warn: 'attention',
  skip: 'quiet',
};

export function toneOf(status: Status): Tone {
  return tones[status];
}
