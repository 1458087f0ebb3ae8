import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openConcurrencyLimit } from '../../src/observe/request.ts';

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('512 calls are in flight, and a call that hangs no longer counts after 250 ms', async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const limit = openConcurrencyLimit();
  let begun = 0;
  const hang = (): Promise<never> => {
    begun += 1;
    return new Promise(() => undefined);
  };
  for (let count = 0; count < 1200; count += 1) {
    void limit(hang);
  }
  await settle();
  assert.equal(begun, 512);
  context.mock.timers.tick(249);
  await settle();
  assert.equal(begun, 512);
  context.mock.timers.tick(1);
  await settle();
  assert.equal(begun, 1024);
});

test('the limit passes on results and errors', async () => {
  const limit = openConcurrencyLimit();
  assert.equal(await limit(async () => 'answer'), 'answer');
  await assert.rejects(
    limit(() => Promise.reject(new Error('no answer'))),
    /no answer/,
  );
});
