import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { displayWidth, fit, fitAtMost } from '../../../src/report/terminal/width.ts';

const widths: readonly (readonly [text: string, width: number])[] = [
  ['', 0],
  ['cp-1', 4],
  ['e\u0301tcd', 4],
  ['節点', 4],
  ['노드-1', 6],
  ['ｆｕｌｌ', 8],
  ['⏳ x', 4],
  ['⚠️', 2],
  ['✅', 2],
  ['👩‍👩‍👧', 2],
  ['🇨🇭', 2],
  ['…–×', 6],
  ['\u001b[1;31mred\u001b[0m', 3],
  ['\u200b', 0],
];

for (const [text, width] of widths) {
  test(`${JSON.stringify(text)} takes ${width} columns`, () => {
    assert.equal(displayWidth(text), width);
  });
}

test('a text is padded or truncated to the columns', () => {
  assert.equal(fit('cp-1', 6), 'cp-1  ');
  assert.equal(fit('cp-1', 4), 'cp-1');
  assert.equal(fit('cp-12', 4), 'cp…');
  assert.equal(fit('節点節', 6), '節点節');
  assert.equal(fit('節点節点', 7), '節点… ');
  assert.equal(fit('', 2), '  ');
});

test('a text is truncated to at most the columns', () => {
  assert.equal(fitAtMost('cp-1', 9), 'cp-1');
  assert.equal(fitAtMost('👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧', 5), '👩‍👩‍👧…');
  assert.equal(fitAtMost('abc', 2), '…');
  assert.equal(fitAtMost('ab', 1), '');
  assert.equal(fitAtMost('ab', 0), '');
});

test('a fitted text takes exactly the given columns, whatever its characters', () => {
  const texts = [
    ...widths.map(([text]) => text),
    '\u0600節',
    'क्ष',
    '👍\u{1f3fd}a',
    'a\u0302\u0327b',
    '\ud800x',
    '한글',
  ];
  for (const text of texts.map(stripVTControlCharacters)) {
    for (let columns = 0; columns < 10; columns += 1) {
      assert.equal(displayWidth(fit(text, columns)), columns, JSON.stringify(text));
    }
  }
});
