import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { joinBlocks } from '../../../src/report/markdown/blocks.ts';

const note = (parts: string) =>
  `✂️ Shortened: ${parts} omitted: GitHub limits the size of summaries. The JSON report has everything.\n`;

test('blocks that fit are joined in their order', () => {
  const blocks = [
    { text: 'a', rank: 5 },
    { text: 'b', rank: 0 },
  ];
  assert.equal(joinBlocks(blocks, 1000), 'a\n\nb\n');
});

test('the highest ranks are dropped first, within a rank the last blocks, and no smaller block after a dropped one is kept', () => {
  const big = 'ä'.repeat(100);
  const blocks = [
    { text: 'head', rank: 0 },
    { text: 'detail', rank: 2 },
    { text: `1${big}`, rank: 1 },
    { text: `2${big}`, rank: 1 },
    { text: `3${big}`, rank: 1 },
    { text: '4', rank: 1 },
    { text: 'foot', rank: 0 },
  ];
  assert.equal(
    joinBlocks(blocks, 500 + 12 + 2 * 203 + 8),
    ['head', 'detail', `1${big}`, `2${big}`, 'foot', note('2 parts were')].join('\n\n'),
  );
});

test('law: the text has at most `limit` bytes, whole blocks in their order, and a note if one is missing', () => {
  const block = fc.record({
    text: fc.string({ unit: 'grapheme', maxLength: 300 }).map((text) => `[${text.replaceAll('\n', '')}]`),
    rank: fc.integer({ min: 0, max: 4 }),
  });
  const several = fc.array(block, { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(several, fc.integer({ min: 500, max: 4000 }), (blocks, limit) => {
      const text = joinBlocks(blocks, limit);
      assert.ok(Buffer.byteLength(text) <= limit, `${Buffer.byteLength(text)} bytes`);
      const parts = text.trimEnd().split('\n\n');
      const kept = parts.filter((part) => part.startsWith('['));
      const inOrder = blocks.reduce((next, one) => next + Number(kept[next] === one.text), 0);
      assert.equal(inOrder, kept.length);
      assert.equal(parts.length > kept.length, kept.length < blocks.length);
    }),
  );
});
