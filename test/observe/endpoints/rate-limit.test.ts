import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openRateLimit } from '../../../src/observe/endpoints/rate-limit.ts';

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('callers proceed in the order of their arrival, and one that aborts does not delay others', async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const limited = openRateLimit(100);
  const taken: string[] = [];
  const never = new AbortController().signal;
  const left = new AbortController();
  const waiting = (name: string, signal = never) => void limited(signal).then(() => taken.push(name));
  waiting('first');
  waiting('left', left.signal);
  waiting('second');
  await settle();
  assert.deepEqual(taken, ['first']);
  left.abort();
  await settle();
  assert.deepEqual(taken, ['first', 'left']);
  context.mock.timers.tick(99);
  await settle();
  assert.deepEqual(taken, ['first', 'left']);
  context.mock.timers.tick(1);
  await settle();
  assert.deepEqual(taken, ['first', 'left', 'second']);
});
