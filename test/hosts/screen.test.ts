import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openScreen } from '../../src/hosts/screen.ts';
import { isLive, wantsColour } from '../../src/hosts/terminal-support.ts';
import { FakeTerminal } from '../builders/terminal.ts';

const colours: readonly (readonly [isTerminal: boolean, env: Record<string, string>, wanted: boolean])[] = [
  [true, {}, true],
  [false, {}, false],
  [true, { TERM: 'dumb' }, false],
  [true, { NO_COLOR: '1' }, false],
  [true, { NO_COLOR: '' }, true],
  [false, { FORCE_COLOR: '1' }, true],
  [false, { FORCE_COLOR: '' }, true],
  [true, { FORCE_COLOR: '0' }, false],
  [true, { FORCE_COLOR: 'false' }, false],
  [true, { FORCE_COLOR: '1', NO_COLOR: '1' }, false],
];

for (const [isTerminal, env, wanted] of colours) {
  test(`${wanted ? 'colour' : 'no colour'} ${isTerminal ? 'on a terminal' : 'in a log'} with ${JSON.stringify(env)}`, () => {
    assert.equal(wantsColour(isTerminal, env), wanted);
  });
}

const lives: readonly (readonly [isTerminal: boolean, env: Record<string, string>, live: boolean])[] = [
  [true, {}, true],
  [true, { CI: 'false', TERM: 'xterm' }, true],
  [false, {}, false],
  [true, { CI: 'true' }, false],
  [true, { CI: '1' }, false],
  [true, { TERM: 'dumb' }, false],
];

for (const [isTerminal, env, live] of lives) {
  test(`${live ? 'a table' : 'lines'} ${isTerminal ? 'on a terminal' : 'in a log'} with ${JSON.stringify(env)}`, () => {
    assert.equal(isLive(isTerminal, env), live);
  });
}

test('a screen redraws its lines in place, hides the cursor, and is cleared at the end', () => {
  const terminal = new FakeTerminal(100, 30);
  terminal.write('before\n');
  const screen = openScreen(terminal, {});
  assert.deepEqual(screen.size(), { columns: 100, rows: 30 });
  screen.draw(['one', 'two']);
  assert.equal(terminal.cursorHidden, true);
  screen.draw(['three']);
  assert.equal(terminal.text, 'before\nthree');
  screen.clear();
  assert.equal(terminal.text, 'before');
  assert.equal(terminal.cursorHidden, false);
});

test('a screen without a drawing writes nothing', () => {
  const terminal = new FakeTerminal();
  openScreen(terminal, {}).clear();
  assert.equal(terminal.text, '');
});

test('a terminal that reports no size has the default size', () => {
  assert.deepEqual(openScreen(new FakeTerminal(0, 0), {}).size(), { columns: 80, rows: 24 });
});
