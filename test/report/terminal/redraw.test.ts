import assert from 'node:assert/strict';
import { test } from 'node:test';
import { redraw } from '../../../src/report/terminal/redraw.ts';
import { FakeTerminal } from '../../builders/terminal.ts';

/** A frame, and the size of the terminal from then on. */
type Step = readonly [lines: readonly string[], columns?: number, rows?: number];

function play(steps: readonly Step[]): FakeTerminal {
  const terminal = new FakeTerminal();
  terminal.write('before\n');
  let drawn: readonly number[] = [];
  for (const [lines, columns = terminal.columns, rows = terminal.rows] of steps) {
    terminal.resize(columns, rows);
    const next = redraw(drawn, lines, terminal);
    terminal.write(next.output);
    ({ drawn } = next);
  }
  return terminal;
}

test('a frame replaces the previous one, whether longer or shorter', () => {
  const terminal = play([[['one']], [['two', 'lines']], [['three', 'of', 'them']], [['one again']]]);
  assert.equal(terminal.text, 'before\none again');
});

test('an empty frame clears the previous one', () => {
  const terminal = play([[['two', 'lines']], [[]]]);
  terminal.write('after\n');
  assert.equal(terminal.text, 'before\nafter');
});

const wide = ['x'.repeat(70), '節点'.repeat(15), 'short'];

test('lines that wrapped in a terminal that became narrower are cleared completely', () => {
  assert.equal(play([[wide], [['narrow'], 30]]).text, 'before\nnarrow');
});

test('a frame is cleared completely in a terminal that became wider, also after it was narrower', () => {
  assert.equal(play([[wide], [['narrow'], 30], [wide, 120], [['again'], 40], [['end'], 80]]).text, 'before\nend');
});

test('lines that scrolled out of reach are cleared once the terminal has as many rows again', () => {
  const tall = ['1', '2', '3', '4', '5', '6'];
  const low = play([[tall], [['low'], 80, 4]]);
  assert.equal(low.text, 'before\n1\n2\n3\nlow');
  assert.equal(play([[tall], [['low'], 80, 4], [['still low']], [['high'], 80, 24]]).text, 'before\nhigh');
});

test('of a line that has scrolled out of reach in part the rest is cleared later', () => {
  const line = ['x'.repeat(100)];
  assert.equal(
    play([
      [line, 120],
      [['low'], 30, 3],
    ]).text,
    `before\n${'x'.repeat(60)}\nlow`,
  );
  assert.equal(
    play([
      [line, 120],
      [['low'], 30, 3],
      [['high'], 80, 24],
    ]).text,
    'before\nhigh',
  );
});

test('wrapped rows are cleared before others are drawn over them, and only then', () => {
  const clear = '\u001b[2K';
  const [narrower, same] = [30, 80].map((columns) => redraw([70, 60, 5], ['next'], { columns, rows: 24 }).output);
  assert.equal(narrower?.split(clear).length, 1 + 3 + 2 + 1);
  assert.equal(same?.split(clear).length, 1);
});
