import assert from 'node:assert/strict';
import { test } from 'node:test';
import { redraw } from '../../../src/report/terminal/redraw.ts';
import { FakeTerminal } from '../../builders/terminal.ts';

function play(terminal: FakeTerminal, frames: readonly (readonly string[])[]): void {
  let before: readonly string[] = [];
  for (const lines of frames) {
    terminal.write(redraw(before, lines, terminal.columns));
    before = lines;
  }
}

test('a frame replaces the previous one, whether longer or shorter', () => {
  const terminal = new FakeTerminal();
  terminal.write('before\n');
  play(terminal, [['one'], ['two', 'lines'], ['three', 'of', 'them'], ['one again']]);
  assert.equal(terminal.text, 'before\none again');
});

test('an empty frame clears the previous one', () => {
  const terminal = new FakeTerminal();
  terminal.write('before\n');
  play(terminal, [['two', 'lines'], []]);
  terminal.write('after\n');
  assert.equal(terminal.text, 'before\nafter');
});

test('lines that wrapped in a terminal that became narrower are cleared completely', () => {
  const terminal = new FakeTerminal();
  terminal.write('before\n');
  const lines = ['x'.repeat(70), '節点'.repeat(15), 'short'];
  terminal.write(redraw([], lines, 80));
  terminal.columns = 30;
  terminal.write(redraw(lines, ['narrow'], 30));
  assert.equal(terminal.text, 'before\nnarrow');
});
