import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openRefresher } from '../../src/gate/refresher.ts';
import { clusterNode } from '../builders/snapshot.ts';

const node = clusterNode('worker', 1);

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Looks that end when they are told to, on a clock that only the test moves. */
function stage() {
  const looks: { readonly began: number; readonly signal: AbortSignal; ended: boolean; end(): Promise<void> }[] = [];
  const sleepers: { readonly until: number; wake(): void }[] = [];
  let time = 0;
  let seen = 0;
  const refresher = openRefresher({
    now: () => time,
    sleep: (milliseconds) =>
      new Promise((resolve) => {
        sleepers.push({ until: time + milliseconds, wake: resolve });
      }),
    look: (_node, signal) =>
      new Promise((resolve) => {
        signal.addEventListener('abort', () => resolve());
        const look = {
          began: time,
          signal,
          ended: false,
          end: async () => {
            look.ended = true;
            resolve();
            await settle();
          },
        };
        looks.push(look);
      }),
    onSeen: () => {
      seen += 1;
    },
    signal: new AbortController().signal,
  });
  return {
    looks,
    refresh: () => refresher.refresh(node),
    keepLooking: () => refresher.keepLooking(node),
    seen: () => seen,
    /** Those under way. */
    open: () => looks.filter(({ signal, ended }) => !signal.aborted && !ended).map(({ began }) => began),
    pass: async (milliseconds: number) => {
      time += milliseconds;
      for (const sleeper of sleepers.filter(({ until }) => until <= time)) {
        sleeper.wake();
      }
      await settle();
    },
  };
}

test('a burst makes one look, and one more after it', async () => {
  const { looks, refresh, pass, seen } = stage();
  for (let count = 0; count < 5; count += 1) {
    refresh();
  }
  assert.equal(looks.length, 1);
  await pass(10);
  await looks[0]?.end();
  assert.deepEqual([looks.length, seen()], [2, 1]);
  await looks[1]?.end();
  assert.deepEqual([looks.length, seen()], [2, 2]);
});

test('a look that hangs holds back no new one, and is given up for its answer', async () => {
  const { looks, refresh, pass, seen, open } = stage();
  refresh();
  await pass(300);
  refresh();
  assert.deepEqual(open(), [0, 300]);
  await looks[1]?.end();
  assert.equal(seen(), 1);
  assert.ok(looks[0]?.signal.aborted);
});

test('the oldest look goes on, so that a node which is always slower than it is asked is seen at all', async () => {
  const { looks, refresh, pass, seen, open } = stage();
  for (let count = 0; count < 5; count += 1) {
    refresh();
    await pass(300);
  }
  assert.deepEqual(open(), [0, 1200]);
  await looks[0]?.end();
  assert.equal(seen(), 1);
  assert.deepEqual(open(), [1200]);
});

test('a storm of events: ten looks at once, then four a second', async () => {
  const { looks, refresh, pass } = stage();
  for (let count = 0; count < 1000; count += 1) {
    refresh();
    await looks.at(-1)?.end();
    await pass(10);
  }
  // Ten seconds.
  assert.ok(looks.length >= 45 && looks.length <= 52, `${looks.length} looks`);
});

test('what a look has left under way goes on: only what knows less is given up', async () => {
  const { looks, refresh, pass } = stage();
  refresh();
  await pass(300);
  refresh();
  await looks[1]?.end();
  assert.deepEqual(
    looks.map(({ signal }) => signal.aborted),
    [true, false],
  );
});

test('at what hangs one look follows the other, and one that ends at once is left to the interval', async () => {
  const { looks, keepLooking, pass, open } = stage();
  keepLooking();
  await pass(600);
  keepLooking();
  assert.deepEqual(open(), [0]);
  await pass(4400);
  await looks[0]?.end();
  keepLooking();
  assert.deepEqual(open(), [5000]);
  await pass(10);
  await looks[1]?.end();
  keepLooking();
  assert.deepEqual(open(), []);
});
