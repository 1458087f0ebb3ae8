import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { openSession } from '../../../src/talos/grpc/session.ts';
import type { Transport } from '../../../src/talos/grpc/transport.ts';

/** The part of a connection that a session uses. */
function transport(): Transport & { lose(): void; isShut: boolean } {
  const listeners: (() => void)[] = [];
  const made = {
    isShut: false,
    addDisconnectListener: (listener: () => void) => listeners.push(listener),
    lose: () => {
      for (const listener of listeners) {
        listener();
      }
    },
    shutdown: () => {
      made.isShut = true;
    },
  };
  return made as unknown as ReturnType<typeof transport>;
}

/** A session whose connections come up or fail when the test says so. */
function controlledSession() {
  const attempts: { signal: AbortSignal; result: PromiseWithResolvers<Transport> }[] = [];
  const session = openSession((signal) => {
    const result = Promise.withResolvers<Transport>();
    attempts.push({ signal, result });
    signal.addEventListener('abort', () => result.reject(new Error('The operation was aborted')));
    return result.promise;
  });
  return { session, attempts };
}

function freeze(context: TestContext): void {
  context.mock.timers.enable({ apis: ['setTimeout', 'Date'] });
}

test('the first call connects, once for all calls that wait', async () => {
  const { session, attempts } = controlledSession();
  assert.equal(attempts.length, 0);
  const waiting = [session.reach(), session.reach()];
  const only = transport();
  attempts[0]?.result.resolve(only);
  assert.deepEqual(await Promise.all(waiting), [only, only]);
  assert.equal(await session.reach(), only);
  assert.equal(attempts.length, 1);
});

test('the next call after a loss reconnects, and the lost connection is shut down', async () => {
  const { session, attempts } = controlledSession();
  const [first, second] = [transport(), transport()];
  const reached = session.reach();
  attempts[0]?.result.resolve(first);
  await reached;
  first.lose();
  assert.equal(first.isShut, true);
  const again = session.reach();
  attempts[1]?.result.resolve(second);
  assert.equal(await again, second);
  // The old connection is lost again; the new one is kept.
  first.lose();
  assert.equal(await session.reach(), second);
});

test('after a failed attempt, calls fail with the same reason until the reconnect delay is over', async (context) => {
  freeze(context);
  const { session, attempts } = controlledSession();
  const reached = session.reach();
  attempts[0]?.result.reject(new Error('connect ECONNREFUSED'));
  await assert.rejects(async () => reached, /ECONNREFUSED/);
  context.mock.timers.tick(249);
  await assert.rejects(async () => session.reach(), /ECONNREFUSED/);
  assert.equal(attempts.length, 1);
  context.mock.timers.tick(1);
  void session.reach();
  assert.equal(attempts.length, 2);
});

test('renew drops an attempt that does not come up, but not a recent one', async (context) => {
  freeze(context);
  const { session, attempts } = controlledSession();
  const reached = session.reach();
  context.mock.timers.tick(2999);
  session.renew();
  assert.equal(attempts[0]?.signal.aborted, false);
  context.mock.timers.tick(1);
  session.renew();
  assert.equal(attempts[0]?.signal.aborted, true);
  await assert.rejects(async () => reached, /^Error: Connection dropped: it did not come up$/);
  const again = session.reach();
  const second = transport();
  attempts[1]?.result.resolve(second);
  assert.equal(await again, second);
});

test('renew drops a connection, but not one that has just come up', async (context) => {
  freeze(context);
  const { session, attempts } = controlledSession();
  const reached = session.reach();
  context.mock.timers.tick(10_000);
  const [first, second] = [transport(), transport()];
  attempts[0]?.result.resolve(first);
  await reached;
  context.mock.timers.tick(2999);
  session.renew();
  assert.equal(await session.reach(), first);
  context.mock.timers.tick(1);
  session.renew();
  // Calls in flight may still get their answers.
  assert.equal(attempts[0]?.signal.aborted, false);
  assert.equal(first.isShut, true);
  const again = session.reach();
  attempts[1]?.result.resolve(second);
  assert.equal(await again, second);
});

test('close ends the connection, or the attempt', async () => {
  const open = controlledSession();
  const up = transport();
  const reached = open.session.reach();
  open.attempts[0]?.result.resolve(up);
  await reached;
  open.session.close();
  assert.equal(up.isShut, true);

  const opening = controlledSession();
  const coming = opening.session.reach();
  opening.session.close();
  assert.equal(opening.attempts[0]?.signal.aborted, true);
  await assert.rejects(async () => coming, /Connection dropped/);
});
