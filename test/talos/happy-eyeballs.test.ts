import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Transport } from '@grpc/grpc-js/build/src/transport.js';
import { connectFirst } from '../../src/talos/happy-eyeballs.ts';

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

interface Attempt {
  readonly address: string;
  readonly signal: AbortSignal;
  readonly cue: PromiseWithResolvers<Transport>;
}

/** Addresses that answer, or fail, when they are told. */
function onCue(addresses: readonly string[], signal = new AbortController().signal) {
  const attempts: Attempt[] = [];
  const dialled = connectFirst(
    addresses,
    (address, ended) => {
      const cue = Promise.withResolvers<Transport>();
      attempts.push({ address, signal: ended, cue });
      ended.addEventListener('abort', () => cue.reject(new Error('The operation was aborted')));
      return cue.promise;
    },
    signal,
  );
  return { attempts, dialled, begun: () => attempts.map(({ address }) => address) };
}

const transport = (): Transport & { isShut: boolean } => {
  const made = {
    isShut: false,
    shutdown: () => {
      made.isShut = true;
    },
  };
  return made as unknown as ReturnType<typeof transport>;
};

function freeze(context: TestContext): void {
  context.mock.timers.enable({ apis: ['setTimeout'] });
}

test('where one address fails the next one is tried at once', async (context) => {
  freeze(context);
  const { attempts, dialled, begun } = onCue(['10.0.0.1', '10.0.0.2']);
  assert.deepEqual(begun(), ['10.0.0.1']);
  attempts[0]?.cue.reject(new Error('connect ECONNREFUSED 10.0.0.1:50000'));
  await settle();
  assert.deepEqual(begun(), ['10.0.0.1', '10.0.0.2']);
  const second = transport();
  attempts[1]?.cue.resolve(second);
  assert.equal(await dialled, second);
});

test('where one address hangs the next one is tried beside it, and who comes last is let go', async (context) => {
  freeze(context);
  const { attempts, dialled, begun } = onCue(['10.0.0.1', '10.0.0.2', '10.0.0.3']);
  context.mock.timers.tick(249);
  assert.deepEqual(begun(), ['10.0.0.1']);
  context.mock.timers.tick(1);
  assert.deepEqual(begun(), ['10.0.0.1', '10.0.0.2']);
  const [second, first] = [transport(), transport()];
  attempts[1]?.cue.resolve(second);
  attempts[0]?.cue.resolve(first);
  assert.equal(await dialled, second);
  await settle();
  assert.deepEqual(
    attempts.map(({ signal }) => signal.aborted),
    [true, false],
  );
  assert.deepEqual([first.isShut, second.isShut], [true, false]);
  context.mock.timers.tick(10_000);
  assert.equal(begun().length, 2);
});

test('where all fail, the reasons of all are told', async () => {
  const { attempts, dialled } = onCue(['10.0.0.1', '10.0.0.2']);
  attempts[0]?.cue.reject(new Error('one'));
  await settle();
  attempts[1]?.cue.reject(new Error('two'));
  await assert.rejects(dialled, ({ errors }: AggregateError) => {
    assert.deepEqual(errors, [new Error('one'), new Error('two')]);
    return true;
  });
});

test('the only address has its own reason', async () => {
  const { attempts, dialled } = onCue(['10.0.0.1']);
  attempts[0]?.cue.reject(new Error('one'));
  await assert.rejects(dialled, new Error('one'));
});

test('given up, all of them end', async () => {
  const over = new AbortController();
  const { attempts, dialled } = onCue(['10.0.0.1'], over.signal);
  over.abort();
  await assert.rejects(dialled, /aborted/);
  assert.equal(attempts[0]?.signal.aborted, true);
});
