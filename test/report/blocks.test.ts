import assert from 'node:assert/strict';
import { test } from 'node:test';
import { joinBlocks } from '../../src/report/blocks.ts';

const note = (parts: string) =>
  `✂️ Shortened: ${parts} omitted: GitHub limits the size of summaries. The JSON report has everything.\n`;

test('what fits is joined in its order', () => {
  const blocks = [
    { text: 'a', rank: 5 },
    { text: 'b', rank: 0 },
  ];
  assert.equal(joinBlocks(blocks, 1000), 'a\n\nb\n');
});

test('the highest rank goes first, then the last of a rank, and nothing small slips in behind', () => {
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
