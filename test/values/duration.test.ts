import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatDuration, maxDuration, parseDuration } from '../../src/values/duration.ts';

const expected = 'a duration such as 10m, 1h30m or 90s, from 0s to 576h';

const accepted: readonly (readonly [string, number])[] = [
  ['0', 0],
  ['+0', 0],
  ['-0', 0],
  ['0s', 0],
  ['-0s', 0],
  ['10m', 600_000],
  ['1h30m', 5_400_000],
  ['90s', 90_000],
  ['+5s', 5_000],
  ['1.5s', 1_500],
  ['.5s', 500],
  ['1.s', 1_000],
  ['1h1h', 7_200_000],
  ['1s1h', 3_601_000],
  ['250ms', 250],
  ['1us', 0.001],
  ['1\u{b5}s', 0.001],
  ['1\u{3bc}s', 0.001],
  ['1ns', 0.000001],
  ['0.1ns', 0],
  ['00010m', 600_000],
  ['576h', maxDuration],
];

for (const [text, milliseconds] of accepted) {
  test(`${text} is a duration`, () => {
    assert.deepEqual(parseDuration(text, 0), { ok: true, value: milliseconds });
  });
}

const refused: readonly (readonly [string, string?])[] = [
  ['600', 'did you mean 600s?'],
  ['1.5', 'did you mean 1.5s?'],
  ['5 min', 'did you mean 5m?'],
  ['5min', 'did you mean 5m?'],
  ['10M', 'did you mean 10m?'],
  ['1H30M', 'did you mean 1h30m?'],
  ['10 minutes', 'did you mean 10m?'],
  ['1 hour, 30 minutes', 'did you mean 1h30m?'],
  ['1h 30m', 'did you mean 1h30m?'],
  ['1,5h', 'did you mean 1.5h?'],
  ['2d', 'did you mean 48h?'],
  ['PT10M', 'did you mean 10m?'],
  ['100 msecs', 'did you mean 100ms?'],
  ['1h30'],
  ['ten minutes'],
  ['s'],
  ['.s'],
  ['.'],
  ['-'],
  ['1.2.3s'],
  ['-5s'],
  ['5w'],
  ['1e3s'],
  ['Infinity'],
  ['577h'],
  ['2147483648ms'],
  ['9223372036854775807ns1h'],
  ['99999999999999999999999h'],
];

for (const [text, hint] of refused) {
  test(`${text} is refused`, () => {
    const complaint = { expected, got: `"${text}"`, ...(hint !== undefined && { hint }) };
    assert.deepEqual(parseDuration(text, 0), { ok: false, error: complaint });
  });
}

test('a duration below the minimum is refused', () => {
  assert.deepEqual(parseDuration('0', 10), {
    ok: false,
    error: { expected: 'a duration such as 10m, 1h30m or 90s, from 10ms to 576h', got: '"0"' },
  });
});

test('a long text is refused without being parsed', () => {
  const parsed = parseDuration(`${'9'.repeat(1_000_000)}h`, 0);
  assert.deepEqual(parsed, { ok: false, error: { expected, got: `"${'9'.repeat(80)}…"` } });
});

test('the longest duration does not overflow a timer', () => {
  assert.ok(maxDuration < 2 ** 31);
});

const formatted: readonly (readonly [number, string])[] = [
  [0, '0s'],
  [0.4, '0s'],
  [12.6, '13ms'],
  [999, '999ms'],
  [999.6, '1s'],
  [5_000, '5s'],
  [12_345, '12.3s'],
  [59_940, '59.9s'],
  [59_960, '1m'],
  [90_000, '1m30s'],
  [600_000, '10m'],
  [3_600_000, '1h'],
  [5_400_000, '1h30m'],
  [3_605_000, '1h5s'],
];

for (const [milliseconds, text] of formatted) {
  test(`${milliseconds} ms is formatted as ${text}`, () => {
    assert.equal(formatDuration(milliseconds), text);
  });
}

test('a duration in whole seconds parses to itself after formatting', () => {
  for (let seconds = 1; seconds < 100_000; seconds += 37) {
    assert.deepEqual(parseDuration(formatDuration(seconds * 1_000), 0), { ok: true, value: seconds * 1_000 });
  }
});

test('law: a duration that is formatted without rounding parses to itself', () => {
  const exact = fc.oneof(
    fc.integer({ min: 0, max: 999 }),
    fc.integer({ min: 10, max: 599 }).map((tenths) => tenths * 100),
    fc.integer({ min: 60, max: maxDuration / 1000 }).map((seconds) => seconds * 1000),
  );
  fc.assert(
    fc.property(exact, (milliseconds) => {
      assert.deepEqual(parseDuration(formatDuration(milliseconds), 0), { ok: true, value: milliseconds });
    }),
  );
});

test('law: a formatted duration is formatted the same again after parsing', () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: maxDuration, noNaN: true }), (milliseconds) => {
      const text = formatDuration(milliseconds);
      const parsed = parseDuration(text, 0);
      assert.ok(parsed.ok, text);
      assert.equal(formatDuration(parsed.value), text);
    }),
  );
});

test('law: any text is a duration within the limits, or a problem', () => {
  const text = fc.oneof(fc.string(), fc.stringMatching(/^[-+]?(\d{1,20}(\.\d{0,5})?(ns|us|ms|s|m|h|d| min)?){0,3}$/));
  fc.assert(
    fc.property(text, (given) => {
      const parsed = parseDuration(given, 1000);
      assert.ok(!parsed.ok || (parsed.value >= 1000 && parsed.value <= maxDuration));
    }),
  );
});
