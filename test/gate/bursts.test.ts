import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openBursts } from '../../src/gate/bursts.ts';
import { clusterNode } from '../builders/snapshot.ts';

/** Bursts on a clock that only the test moves, and sleeps that it ends; `all` are the nodes that have to be told of. */
function stage(...all: readonly string[]) {
  const wakes: (() => void)[] = [];
  const proposed: string[] = [];
  let time = 10_000;
  let lookedAtAll = 0;
  let thoughts = 0;
  const { tell } = openBursts({
    now: () => time,
    sleep: () => new Promise((resolve) => wakes.push(resolve)),
    signal: new AbortController().signal,
    lookedAtAll: () => lookedAtAll,
    isAll: (told) => {
      thoughts += 1;
      return all.every((name) => told.has(name));
    },
    onAll: () => proposed.push('all'),
    onSome: (nodes, members) =>
      proposed.push([...nodes.map(({ name }) => name), ...(members ? ['members'] : [])].join()),
  });
  return {
    tell: (name: string) => tell(clusterNode('worker', 1, { name }), name === 'members' ? 'discovery' : 'services'),
    look: () => {
      lookedAtAll = time;
    },
    later: (milliseconds: number) => {
      time += milliseconds;
    },
    wake: async () => {
      for (const wake of wakes.splice(0)) {
        wake();
      }
      await new Promise((resolve) => setImmediate(resolve));
    },
    proposed,
    sleeping: () => wakes.length,
    thoughts: () => thoughts,
  };
}

test('with the last node that was waited for comes a look at all, and none at those before it', async () => {
  const { tell, wake, proposed } = stage('a', 'b');
  tell('a');
  tell('b');
  await wake();
  assert.deepEqual(proposed, ['all']);
});

test('the rest is told together', async () => {
  const { tell, wake, proposed } = stage('a', 'b', 'c');
  tell('a');
  tell('members');
  tell('b');
  tell('a');
  await wake();
  assert.deepEqual(proposed, ['a,b,members']);
});

test('what a look at all has seen since needs none of its own', async () => {
  const { tell, look, later, wake, proposed } = stage('a', 'b');
  tell('a');
  later(1);
  look();
  await wake();
  assert.deepEqual(proposed, []);
  // A look that began in the same millisecond may know less.
  tell('a');
  look();
  await wake();
  assert.deepEqual(proposed, ['a']);
});

test('a look at all is proposed once in a burst, and again after a while of quiet', () => {
  const { tell, look, later, proposed } = stage('a');
  for (let count = 0; count < 100; count += 1) {
    tell('a');
    look();
    later(500);
  }
  assert.equal(proposed.filter((what) => what === 'all').length, 1);
  later(500);
  tell('a');
  assert.equal(proposed.filter((what) => what === 'all').length, 2);
});

test('an endless stream of events costs no thought and no timer each', () => {
  const { tell, sleeping, thoughts } = stage('a', 'b');
  for (let count = 0; count < 100_000; count += 1) {
    tell('a');
  }
  assert.deepEqual([sleeping(), thoughts()], [1, 1]);
});
