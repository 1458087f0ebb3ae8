import assert from 'node:assert/strict';
import { test } from 'node:test';
import { quote, quoteAll } from '../../src/values/problem.ts';

const quoted: readonly (readonly [string, string])[] = [
  ['600', '"600"'],
  ['', '""'],
  ['a\tb', '"a\u{fffd}b"'],
  ['a\u{1b}[31mb', '"a\u{fffd}[31mb"'],
  ['a\u{202e}b', '"a\u{fffd}b"'],
  ['a\u{2028}b', '"a\u{fffd}b"'],
  ['##[error]x', '"## [error]x"'],
  ['x'.repeat(81), `"${'x'.repeat(80)}…"`],
  ['\u{1f600}'.repeat(80), `"${'\u{1f600}'.repeat(80)}"`],
  ['a\nb', 'a value of 3 characters that is not shown'],
  ['LS0tLS1CRUdJTiBFRDI1NTE5', 'a value of 24 characters that is not shown'],
  ['-----BEGIN', 'a value of 10 characters that is not shown'],
];

for (const [value, shown] of quoted) {
  test(`quote: ${JSON.stringify(value)}`, () => {
    assert.equal(quote(value), shown);
  });
}

test('the first ten of many values are quoted, and the others are counted', () => {
  assert.equal(quoteAll(['a', 'b']), '"a", "b"');
  assert.equal(quoteAll(Array.from({ length: 12 }, () => 'x')), `${Array(10).fill('"x"').join(', ')} and 2 more`);
});
