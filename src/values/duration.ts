import { type Parsed, quote, refuse } from './problem.ts';
import { ok } from './result.ts';

const nanoseconds = new Map<string, bigint>([
  ['ns', 1n],
  ['us', 1_000n],
  ['\u{b5}s', 1_000n], // the micro sign
  ['\u{3bc}s', 1_000n], // the Greek letter
  ['ms', 1_000_000n],
  ['s', 1_000_000_000n],
  ['m', 60_000_000_000n],
  ['h', 3_600_000_000_000n],
]);

const maxInGo = 2n ** 63n - 1n;

/**
 * The maximum of a duration input, in milliseconds: 24 days. Node fires a timer of
 * more than 2^31-1 ms (24.8 days) at once.
 */
export const maxDuration = 24 * 24 * 3_600_000;

/** The nanoseconds of a duration in the syntax of Go's `time.ParseDuration`; undefined if it is invalid. */
function parseGoDuration(text: string): bigint | undefined {
  const [, sign, body] = /^([-+]?)(.*)$/s.exec(text) ?? [];
  if (body === undefined || body === '') return undefined;
  if (body === '0') return 0n;
  let total = 0n;
  let rest = body;
  while (rest !== '') {
    const [part, whole = '', fraction = '', unit = ''] = /^(\d*)(?:\.(\d*))?([^\d.]+)/.exec(rest) ?? [];
    const scale = nanoseconds.get(unit);
    if (part === undefined || scale === undefined || whole + fraction === '') return undefined;
    total += (BigInt(`${whole}${fraction}`) * scale) / 10n ** BigInt(fraction.length);
    rest = rest.slice(part.length);
  }
  if (total > maxInGo) return undefined;
  return sign === '-' ? -total : total;
}

/**
 * Parses a duration into milliseconds, from `least` to `maxDuration`. The syntax
 * is that of Go's `time.ParseDuration`, as in talosctl: `10m`, `1h30m`, `1.5s`, `0`.
 */
export function parseDuration(text: string, least: number): Parsed<number> {
  const range = `from ${formatDuration(least)} to ${formatDuration(maxDuration)}`;
  const expected = `a duration such as 10m, 1h30m or 90s, ${range}`;
  // Parsing many digits with BigInt is expensive.
  const value = text.length > 100 ? undefined : parseGoDuration(text);
  if (value === undefined) {
    const guess = guessDuration(text);
    return refuse(expected, quote(text), guess === undefined ? undefined : `did you mean ${guess}?`);
  }
  const milliseconds = Number(value) / 1e6;
  if (milliseconds < least || milliseconds > maxDuration) return refuse(expected, quote(text));
  return ok(milliseconds);
}

const unitNames: readonly (readonly [RegExp, string])[] = [
  [/^(ms|msecs?|millis|milliseconds?)$/, 'ms'],
  [/^(s|secs?|seconds?)$/, 's'],
  [/^(m|mins?|minutes?)$/, 'm'],
  [/^(h|hrs?|hours?)$/, 'h'],
];

/** Suggests a duration for a mistake such as `600`, `5 min`, `10M`, `1,5h`, `2d` or `PT10M`. */
function guessDuration(text: string): string | undefined {
  if (text.length > 40) return undefined;
  const plain = text.toLowerCase().replace(/^pt(?=\d)/, '');
  const parts = [...plain.matchAll(/(\d+(?:[.,]\d+)?)\s*([a-z]*)[\s,]*/g)];
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== plain) return undefined;
  const guesses = parts.map(([, number = '', word = '']) => {
    if (/^d(ays?)?$/.test(word)) return `${Number(number.replace(',', '.')) * 24}h`;
    if (word === '' && parts.length === 1) return `${number.replace(',', '.')}s`;
    const unit = unitNames.find(([pattern]) => pattern.test(word))?.[1];
    return unit && `${number.replace(',', '.')}${unit}`;
  });
  const guess = guesses.includes(undefined) ? '' : guesses.join('');
  return parseGoDuration(guess) === undefined ? undefined : guess;
}

/**
 * Formats milliseconds: `0s`, `250ms`, `12.3s`, `1m30s`, `1h`. Below a minute with
 * tenths of a second, otherwise in whole seconds.
 */
export function formatDuration(milliseconds: number): string {
  const whole = Math.round(milliseconds);
  if (whole === 0) return '0s';
  if (whole < 1_000) return `${whole}ms`;
  const tenths = Math.round(whole / 100);
  if (tenths < 600) return `${tenths / 10}s`;
  const seconds = Math.round(whole / 1_000);
  const parts: readonly (readonly [number, string])[] = [
    [Math.floor(seconds / 3_600), 'h'],
    [Math.floor((seconds % 3_600) / 60), 'm'],
    [seconds % 60, 's'],
  ];
  return parts.flatMap(([count, unit]) => (count === 0 ? [] : [`${count}${unit}`])).join('');
}
