import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { graphemes } from '../../../src/report/sanitize/graphemes.ts';
import { sanitize, truncate, truncateAtPart } from '../../../src/report/sanitize/sanitize.ts';
import { nodeText } from '../../builders/arbitrary.ts';

const texts: readonly (readonly [what: string, text: string, expected: string])[] = [
  ['colours', '\u001b[1;31mred\u001b[0m', 'red'],
  ['eight-bit colours', '\u009b31mred\u009b0m', 'red'],
  ['a link', '\u001b]8;;https://evil\u0007text\u001b]8;;\u001b\\', 'text'],
  ['a title without a terminator, which hides nothing', '\u001b]0;title', '0;title'],
  ['a title whose end is on another line', '\u001b]0;a\nb\u0007', '0;a b'],
  ['a device control string', 'a\u001bPq#0\u001b\\b', 'ab'],
  ['a character set', '\u001b(Bx', 'x'],
  ['a sequence inside a sequence', '\u001b\u001b[31m[31mx', '[31mx'],
  ['control characters', 'a\u0000\u0008\u007f\u0090b', 'ab'],
  ['bidirectional controls', '\u202ea\u2066b\u200f', 'ab'],
  ['zero width', 'a\u200bb\u200dc\ufeffd\u2060e\u00adf', 'abcdef'],
  ['tags', 'a\u{e0041}b', 'ab'],
  ['a lone surrogate', 'a\ud800b', 'a\ufffdb'],
  ['spaces of any width', ' \ta\u00a0b\u3000', 'a b'],
  ['piled marks', `a${'\u0301'.repeat(50)}b`, 'a\u0301\u0301\u0301\u0301b'],
];

for (const [what, text, expected] of texts) {
  test(`sanitize: ${what}`, () => assert.equal(sanitize(text), expected));
}

test('a headline is truncated after a whole part, unless that is short', () => {
  assert.equal(
    truncateAtPart('trustd crashes: exit code 1 (its log: no such file)', 45),
    'trustd crashes: exit code 1 …',
  );
  assert.equal(truncateAtPart('a: b c d e f g h i j k l m n', 20), 'a: b c d e f g h i …');
  assert.equal(truncateAtPart('a: b', 20), 'a: b');
});

test('a text is truncated between graphemes', () => {
  assert.equal(truncate('abc', 3), 'abc');
  assert.equal(truncate('abcd', 3), 'ab…');
  assert.equal(truncate('🇩🇪🇫🇷🇮🇹', 3), '🇩🇪🇫🇷🇮🇹');
  assert.equal(truncate('🇩🇪🇫🇷🇮🇹🇪🇸', 3), '🇩🇪🇫🇷…');
});

test('a grapheme of any length is truncated', () => {
  assert(truncate('\u1100'.repeat(100_000), 10).length <= 161);
});

test('law: a sanitized text is one line without invisible characters, and a second pass changes nothing', () => {
  fc.assert(
    fc.property(nodeText, (text) => {
      const line = sanitize(text);
      assert.doesNotMatch(line, /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
      assert.equal(sanitize(line), line);
    }),
  );
});

test('law: a truncated text is not longer than the limit, and a text that fits is unchanged', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 30 }), fc.integer({ min: 1, max: 20 }), (text, limit) => {
      const short = truncate(text, limit);
      assert.ok(short === text || (short.endsWith('…') && text.startsWith(short.slice(0, -1))), short);
      assert.ok([...graphemes(short)].length <= limit, short);
    }),
  );
});
