import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Transport } from '@grpc/grpc-js/build/src/transport.js';
import { openSession } from '../../src/talos/session.ts';

/** What a line needs of a connection. */
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

/** A line whose connections come up, or fail, when it is told. */
function lineOnCue() {
  const dials: { signal: AbortSignal; cue: PromiseWithResolvers<Transport> }[] = [];
  const session = openSession((signal) => {
    const cue = Promise.withResolvers<Transport>();
    dials.push({ signal, cue });
    signal.addEventListener('abort', () => cue.reject(new Error('The operation was aborted')));
    return cue.promise;
  });
  return { session, dials };
}

function freeze(context: TestContext): void {
  context.mock.timers.enable({ apis: ['setTimeout', 'Date'] });
}

test('it is laid when it is needed, once for all who wait', async () => {
  const { session, dials } = lineOnCue();
  assert.equal(dials.length, 0);
  const waiting = [session.reach(), session.reach()];
  const only = transport();
  dials[0]?.cue.resolve(only);
  assert.deepEqual(await Promise.all(waiting), [only, only]);
  assert.equal(session.reach(), only);
  assert.equal(dials.length, 1);
});

test('the next call after it was lost lays it anew, and what was lost ends', async () => {
  const { session, dials } = lineOnCue();
  const [first, second] = [transport(), transport()];
  const reached = session.reach();
  dials[0]?.cue.resolve(first);
  await reached;
  first.lose();
  assert.equal(first.isShut, true);
  const again = session.reach();
  dials[1]?.cue.resolve(second);
  assert.equal(await again, second);
  // The loss of the old one says nothing of the new one.
  first.lose();
  assert.equal(session.reach(), second);
});

test('after a failure it rests: calls fail with the same reason until it is tried again', async (context) => {
  freeze(context);
  const { session, dials } = lineOnCue();
  const reached = session.reach();
  dials[0]?.cue.reject(new Error('connect ECONNREFUSED'));
  await assert.rejects(async () => reached, /ECONNREFUSED/);
  context.mock.timers.tick(249);
  await assert.rejects(async () => session.reach(), /ECONNREFUSED/);
  assert.equal(dials.length, 1);
  context.mock.timers.tick(1);
  void session.reach();
  assert.equal(dials.length, 2);
});

test('one that does not come up is given up, but not at once', async (context) => {
  freeze(context);
  const { session, dials } = lineOnCue();
  const reached = session.reach();
  context.mock.timers.tick(2999);
  session.renew();
  assert.equal(dials[0]?.signal.aborted, false);
  context.mock.timers.tick(1);
  session.renew();
  assert.equal(dials[0]?.signal.aborted, true);
  await assert.rejects(async () => reached, /^Error: Connection dropped: it did not come up$/);
  const again = session.reach();
  const second = transport();
  dials[1]?.cue.resolve(second);
  assert.equal(await again, second);
});

test('one from which nothing comes any more is given up, but not one that has just come up', async (context) => {
  freeze(context);
  const { session, dials } = lineOnCue();
  const reached = session.reach();
  context.mock.timers.tick(10_000);
  const [first, second] = [transport(), transport()];
  dials[0]?.cue.resolve(first);
  await reached;
  context.mock.timers.tick(2999);
  session.renew();
  assert.equal(session.reach(), first);
  context.mock.timers.tick(1);
  session.renew();
  // Calls that are on their way may still get their answers.
  assert.equal(dials[0]?.signal.aborted, false);
  assert.equal(first.isShut, true);
  const again = session.reach();
  dials[1]?.cue.resolve(second);
  assert.equal(await again, second);
});

test('closed, it ends what there is and what is coming', async () => {
  const one = lineOnCue();
  const up = transport();
  const reached = one.session.reach();
  one.dials[0]?.cue.resolve(up);
  await reached;
  one.session.close();
  assert.equal(up.isShut, true);

  const other = lineOnCue();
  const coming = other.session.reach();
  other.session.close();
  assert.equal(other.dials[0]?.signal.aborted, true);
  await assert.rejects(async () => coming, /Connection dropped/);
});
