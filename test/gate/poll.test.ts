import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openPolling, type Subject } from '../../src/gate/poll.ts';
import { virtualClock } from '../builders/clock.ts';
import { clusterNode } from '../builders/snapshot.ts';

const node = clusterNode('worker', 1, { name: 'worker-1' });
const other = clusterNode('worker', 2, { name: 'worker-2' });

const nameOf = (subject: Subject): string => (typeof subject === 'string' ? subject : subject.name);

/** Runs polls of given durations on a simulated clock. */
function stage(takes: (subject: string, poll: number) => number = () => 0) {
  const clock = virtualClock();
  const began: { readonly name: string; readonly at: number; readonly signal: AbortSignal }[] = [];
  const ended: (readonly [name: string, began: number])[] = [];
  const polling = openPolling({
    ...clock,
    signal: new AbortController().signal,
    poll: async (subject, signal) => {
      const name = nameOf(subject);
      began.push({ name, at: clock.now(), signal });
      await clock.sleep(takes(name, began.filter((one) => one.name === name).length - 1), signal);
    },
    onPolled: (subject, at) => ended.push([nameOf(subject), at]),
  });
  return {
    ...polling,
    pass: clock.pass,
    began: (name = 'worker-1') => began.filter((one) => one.name === name).map(({ at }) => at),
    aborted: () => began.filter(({ signal }) => signal.aborted).map(({ at }) => at),
    ended: () => ended,
  };
}

test('a burst of events causes one poll', async () => {
  const { wake, pass, began, ended } = stage();
  for (let count = 0; count < 5; count += 1) {
    wake(node);
    await pass(1);
  }
  await pass(100);
  assert.deepEqual(began(), [5]);
  assert.deepEqual(ended(), [['worker-1', 5]]);
});

test('an event during a poll causes another poll after it', async () => {
  const { wake, pass, began } = stage(() => 50);
  wake(node);
  await pass(20);
  wake(node);
  await pass(200);
  assert.deepEqual(began(), [5, 55]);
});

test('a poll that hangs does not delay a newer one, and ends with its answer', async () => {
  const { wake, pass, began, aborted, ended } = stage((_, poll) => [5000, 10][poll] ?? 0);
  wake(node);
  await pass(20);
  wake(node);
  await pass(1000);
  assert.deepEqual(began(), [5, 255]);
  assert.deepEqual(aborted(), [5]);
  assert.deepEqual(ended(), [['worker-1', 255]]);
});

test('a subject that is slower than its events is observed, because the oldest poll continues', async () => {
  const { wake, pass, began, aborted, ended } = stage(() => 1400);
  for (let count = 0; count < 5; count += 1) {
    wake(node);
    await pass(300);
  }
  assert.deepEqual(began(), [5, 305, 605, 905, 1205]);
  assert.deepEqual(aborted(), [305, 605, 905]);
  assert.deepEqual(ended(), [['worker-1', 5]]);
});

test('a node whose poll hangs is polled once more, and is at fault only if that poll hangs too', async () => {
  const { wake, pass, began, aborted, ended } = stage((name, poll) => (name === 'worker-1' && poll === 1 ? 10 : 5000));
  wake(node);
  wake(other);
  await pass(4000);
  assert.deepEqual(
    [began(), began('worker-2')],
    [
      [5, 1005],
      [5, 1005],
    ],
  );
  assert.deepEqual([aborted(), ended()], [[5], [['worker-1', 1005]]]);
});

test('a poll that hangs does not delay other subjects', async () => {
  const { wake, pass, began } = stage((name) => (name === 'worker-1' ? 5000 : 0));
  wake(node);
  await pass(20);
  wake(other);
  wake('kubernetes');
  await pass(20);
  assert.deepEqual([began('worker-2'), began('kubernetes')], [[25], [25]]);
});

test('a storm of events causes ten polls at once, and then four per second', async () => {
  const { wake, pass, began } = stage();
  for (let count = 0; count < 1000; count += 1) {
    wake(node);
    await pass(10);
  }
  // Ten seconds.
  assert.ok(began().length >= 45 && began().length <= 52, `${began().length} polls`);
});

test('a storm of events on one subject does not delay another', async () => {
  const { wake, pass, began } = stage();
  for (let count = 0; count < 300; count += 1) {
    wake(node);
    await pass(10);
  }
  wake(other);
  await pass(10);
  assert.deepEqual(began('worker-2'), [3005]);
});

test('a scheduled subject is polled at its interval, measured from start to start', async () => {
  const { follow, pass, began } = stage(() => 300);
  follow([{ subject: node, interval: 1000 }]);
  await pass(3500);
  assert.deepEqual(began(), [1000, 2000, 3000]);
  follow([]);
  await pass(3000);
  assert.deepEqual(began(), [1000, 2000, 3000]);
});

test('a subject that hangs for longer than its interval is polled at its interval, and its first poll continues', async () => {
  const { follow, pass, began, ended } = stage(() => 2500);
  follow([{ subject: node, interval: 1000 }]);
  await pass(6300);
  assert.deepEqual(began(), [1000, 2000, 3000, 4000, 5000, 6000]);
  assert.deepEqual(ended(), [
    ['worker-1', 1000],
    ['worker-1', 3000],
  ]);
});

test('an event restarts the interval', async () => {
  const { follow, wake, pass, began } = stage();
  follow([{ subject: node, interval: 1000 }]);
  await pass(500);
  wake(node);
  await pass(1100);
  assert.deepEqual(began(), [505, 1505]);
});

test('a whole round replaces the polls of earlier events', async () => {
  const { follow, wake, beginRound, pass, began } = stage();
  follow([{ subject: node, interval: 1000 }]);
  wake(node);
  wake(other);
  beginRound();
  await pass(500);
  assert.deepEqual([began('round'), began(), began('worker-2')], [[0], [], []]);
  wake(other);
  await pass(600);
  assert.deepEqual([began(), began('worker-2')], [[1000], [505]]);
});
