import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Status } from '../../src/checks/check.ts';
import type { Finding } from '../../src/gate/finding.ts';
import { type History, record, since } from '../../src/gate/history.ts';

function finding(status: Status, message: string = status, node = 'cp-1'): Finding {
  return { check: 'services', stage: 'readiness', node, status, message };
}

/** The history of rounds a second apart, each with these findings. */
function after(...rounds: readonly (readonly Finding[])[]): History {
  const history = rounds.reduce<History | undefined>(
    (before, findings, index) => record(before, index * 1000, findings),
    undefined,
  );
  assert(history);
  return history;
}

test('what the first round sees is no change, and lasts since then', () => {
  const history = after([finding('pending')], [finding('pending')]);
  assert.equal(since(history, finding('pending')), 0);
  assert.deepEqual(history.changes, []);
  assert.equal(history.at, 1000);
});

test('a status that changes is a change, with the message of the round that saw it', () => {
  const history = after([finding('blocked')], [finding('pending', 'kubelet is Waiting')], [finding('pass')]);
  assert.deepEqual(history.changes, [
    { at: 1000, check: 'services', node: 'cp-1', from: 'blocked', to: 'pending', message: 'kubelet is Waiting' },
    { at: 2000, check: 'services', node: 'cp-1', from: 'pending', to: 'pass', message: 'pass' },
  ]);
  assert.equal(since(history, finding('pass')), 2000);
});

test('a message that changes each round is no change', () => {
  const history = after(...Array.from({ length: 1000 }, (_, round) => [finding('pending', `${round} restarts`)]));
  assert.deepEqual(history.changes, []);
  assert.equal(since(history, finding('pending', '999 restarts')), 0);
});

test('a finding that comes later is a change from nothing, and one that goes is forgotten', () => {
  const history = after([finding('pass')], [finding('pass'), finding('pending', 'new', 'cp-2')], [finding('pass')]);
  assert.deepEqual(history.changes, [{ at: 1000, check: 'services', node: 'cp-2', to: 'pending', message: 'new' }]);
  const again = record(history, 3000, [finding('pass'), finding('pending', 'again', 'cp-2')]);
  assert.equal(since(again, finding('pending', 'again', 'cp-2')), 3000);
});

test('of a finding that flaps only the last changes are kept, and of the others all', () => {
  const flapping = Array.from({ length: 101 }, (_, round) => [
    finding(round % 2 === 0 ? 'pass' : 'pending'),
    finding(round < 3 ? 'pending' : 'pass', 'steady', 'cp-2'),
  ]);
  const { changes, dropped } = after(...flapping);
  assert.equal(changes.filter(({ node }) => node === 'cp-1').length, 10);
  assert.equal(changes.filter(({ node }) => node === 'cp-2').length, 1);
  assert.equal(changes.at(-1)?.at, 100_000);
  assert.equal(dropped, 90);
});

test('of very many changes the last are kept', () => {
  const nodes = Array.from({ length: 3000 }, (_, index) => `worker-${index}`);
  const round = (status: Status) => nodes.map((node) => finding(status, status, node));
  const { changes, dropped } = after(round('blocked'), round('pending'), round('pass'));
  assert.equal(changes.length, 5000);
  assert.equal(dropped, 1000);
  assert.equal(changes.at(-1)?.to, 'pass');
});

test('a stage is unsettled from the first time until it is well for good', () => {
  const unsettled = (...statuses: readonly Status[]) =>
    after(...statuses.map((status) => [finding(status)])).unsettled.get('readiness');
  assert.equal(unsettled('pass', 'skip', 'warn'), undefined);
  assert.deepEqual(unsettled('pending', 'pending'), { from: 0 });
  assert.deepEqual(unsettled('blocked', 'pass', 'pass'), { from: 0, until: 1000 });
  assert.deepEqual(unsettled('pass', 'pending', 'pass', 'pending'), { from: 1000 });
  assert.deepEqual(unsettled('pass', 'pending', 'pass', 'pending', 'pass'), { from: 1000, until: 4000 });
});
