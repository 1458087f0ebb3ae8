import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { connectFirst } from '../../../src/talos/grpc/happy-eyeballs.ts';
import type { Transport } from '../../../src/talos/grpc/transport.ts';

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

interface Attempt {
  readonly address: string;
  readonly signal: AbortSignal;
  readonly result: PromiseWithResolvers<Transport>;
}

/** Addresses that connect or fail when the test says so. */
function controlledAddresses(addresses: readonly string[], signal = new AbortController().signal) {
  const attempts: Attempt[] = [];
  const connected = connectFirst(
    addresses,
    (address, ended) => {
      const result = Promise.withResolvers<Transport>();
      attempts.push({ address, signal: ended, result });
      ended.addEventListener('abort', () => result.reject(new Error('The operation was aborted')));
      return result.promise;
    },
    signal,
  );
  return { attempts, connected, tried: () => attempts.map(({ address }) => address) };
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

test('if an address fails, the next one is tried at once', async (context) => {
  freeze(context);
  const { attempts, connected, tried } = controlledAddresses(['10.0.0.1', '10.0.0.2']);
  assert.deepEqual(tried(), ['10.0.0.1']);
  attempts[0]?.result.reject(new Error('connect ECONNREFUSED 10.0.0.1:50000'));
  await settle();
  assert.deepEqual(tried(), ['10.0.0.1', '10.0.0.2']);
  const second = transport();
  attempts[1]?.result.resolve(second);
  assert.equal(await connected, second);
});

test('if an address hangs, the next one is tried in parallel, and a later connection is shut down', async (context) => {
  freeze(context);
  const { attempts, connected, tried } = controlledAddresses(['10.0.0.1', '10.0.0.2', '10.0.0.3']);
  context.mock.timers.tick(249);
  assert.deepEqual(tried(), ['10.0.0.1']);
  context.mock.timers.tick(1);
  assert.deepEqual(tried(), ['10.0.0.1', '10.0.0.2']);
  const [second, first] = [transport(), transport()];
  attempts[1]?.result.resolve(second);
  attempts[0]?.result.resolve(first);
  assert.equal(await connected, second);
  await settle();
  assert.deepEqual(
    attempts.map(({ signal }) => signal.aborted),
    [true, false],
  );
  assert.deepEqual([first.isShut, second.isShut], [true, false]);
  context.mock.timers.tick(10_000);
  assert.equal(tried().length, 2);
});

test('if all addresses fail, the error has the reasons of all', async () => {
  const { attempts, connected } = controlledAddresses(['10.0.0.1', '10.0.0.2']);
  attempts[0]?.result.reject(new Error('one'));
  await settle();
  attempts[1]?.result.reject(new Error('two'));
  await assert.rejects(connected, ({ errors }: AggregateError) => {
    assert.deepEqual(errors, [new Error('one'), new Error('two')]);
    return true;
  });
});

test('if the only address fails, the error is its reason', async () => {
  const { attempts, connected } = controlledAddresses(['10.0.0.1']);
  attempts[0]?.result.reject(new Error('one'));
  await assert.rejects(connected, new Error('one'));
});

test('an abort ends all attempts', async () => {
  const over = new AbortController();
  const { attempts, connected } = controlledAddresses(['10.0.0.1'], over.signal);
  over.abort();
  await assert.rejects(connected, /aborted/);
  assert.equal(attempts[0]?.signal.aborted, true);
});
