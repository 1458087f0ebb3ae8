import assert from 'node:assert/strict';
import { promises } from 'node:dns';
import { once } from 'node:events';
import { constants, type ServerHttp2Session } from 'node:http2';
import { syncBuiltinESMExports } from 'node:module';
import { createServer, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { Authorities } from '../../../sim/pki/authorities.ts';
import { services, version } from '../../../src/talos/api.ts';
import { CallError } from '../../../src/talos/call-error.ts';
import { authenticationOf } from '../../../src/talos/grpc/authentication.ts';
import type { CallOptions, Channel } from '../../../src/talos/grpc/call.ts';
import { connect } from '../../../src/talos/grpc/connection.ts';
import { listResources } from '../../../src/talos/resources/api.ts';
import { members } from '../../../src/talos/resources/members.ts';
import { certificateOf } from '../../credentials/certificates.ts';
import { answer, field, flood, framed, onHttp2 } from '../../e2e/hostile-http2.ts';
import { type Hostile, onTcp, onTls } from '../../e2e/hostile-sockets.ts';

function connectTo(server: Hostile, host = '127.0.0.1'): Channel & Disposable {
  const channel = connect(
    { host, port: Number(server.endpoint.split(':')[1]) },
    authenticationOf(certificateOf(server.talosconfig)),
  );
  return { ...channel, [Symbol.dispose]: () => channel.close() };
}

/** No test waits for the deadline. */
const options: CallOptions = { timeout: 600_000, signal: new AbortController().signal };

async function failureOf(call: Promise<unknown>): Promise<readonly [kind: string, message: string]> {
  try {
    await call;
  } catch (error) {
    assert.ok(error instanceof CallError, String(error));
    return [error.failure.kind, error.failure.message];
  }
  return assert.fail('the call gave an answer');
}

const member = field(1, field(1, field(3, Buffer.from('cp-1'))));
const tooLong = ['malformed', 'the answer was given up: it has more than 20000 parts or 32 MiB'];
const talos = field(1, field(2, field(1, Buffer.from('v1.14.0'))));

for (const [what, bytes] of [
  ['members', Buffer.concat(Array.from({ length: 500 }, () => framed(member)))],
  ['nothing', Buffer.concat(Array.from({ length: 5000 }, () => framed(Buffer.alloc(0))))],
  ['fat members', framed(field(1, field(1, field(3, Buffer.alloc(1024 * 1024, 'x')))))],
] as const) {
  test(`an endless list of ${what} is cancelled, and the connection stays open`, async () => {
    await using server = await onHttp2({
      call: (stream, path) => (path.endsWith('/List') ? flood(stream, bytes) : answer(stream, talos)),
    });
    using channel = connectTo(server);
    assert.deepEqual(await failureOf(listResources(channel, members, options)), tooLong);
    assert.equal((await version(channel, options)).tag, 'v1.14.0');
  });
}

test('a response of 32 MiB is read', async () => {
  const tag = Buffer.alloc(32 * 1024 * 1024 - 100, 'x');
  await using server = await onHttp2({ call: (stream) => answer(stream, field(1, field(2, field(1, tag)))) });
  using channel = connectTo(server);
  assert.equal((await version(channel, options)).tag.length, tag.length);
});

test('a response of more than 32 MiB is not read', async () => {
  await using server = await onHttp2({ call: (stream) => answer(stream, Buffer.alloc(33 * 1024 * 1024)) });
  using channel = connectTo(server);
  assert.deepEqual(await failureOf(version(channel, options)), [
    'malformed',
    'Received message larger than max (34603008 vs 33554432)',
  ]);
});

test('a response with too many fields to decode is malformed', async () => {
  const empty = Buffer.from([10, 0]);
  const many = Buffer.alloc(4 * 1024 * 1024).fill(empty);
  await using server = await onHttp2({
    call: (stream, path) => answer(stream, path.endsWith('/Version') ? many : field(1, many)),
  });
  using channel = connectTo(server);
  const tooMuch = ['malformed', 'the answer has more than 200000 fields'];
  assert.deepEqual(await failureOf(version(channel, options)), tooMuch);
  assert.deepEqual(await failureOf(services(channel, options)), tooMuch);
});

test('the next call after the connection is lost reconnects', async () => {
  const sessions: ServerHttp2Session[] = [];
  await using server = await onHttp2({
    session: (session) => sessions.push(session),
    call: (stream) => answer(stream, talos),
  });
  using channel = connectTo(server);
  await version(channel, options);
  const lost = new Promise((resolve) => sessions[0]?.once('close', resolve));
  sessions[0]?.destroy();
  await lost;
  assert.equal((await version(channel, options)).tag, 'v1.14.0');
  assert.equal(sessions.length, 2);
});

test('a call in flight at a GOAWAY gets its response, and the next call reconnects', async () => {
  let sessions = 0;
  await using server = await onHttp2({
    session: () => {
      sessions += 1;
    },
    call: (stream) => {
      stream.session?.goaway();
      answer(stream, talos);
    },
  });
  using channel = connectTo(server);
  assert.equal((await version(channel, options)).tag, 'v1.14.0');
  assert.equal((await version(channel, options)).tag, 'v1.14.0');
  assert.equal(sessions, 2);
});

test('a call that the server refuses without processing it is repeated once', async () => {
  const refuses = [true, false, true, true, false];
  await using server = await onHttp2({
    call: (stream) => (refuses.shift() ? stream.close(constants.NGHTTP2_REFUSED_STREAM) : answer(stream, talos)),
  });
  using channel = connectTo(server);
  assert.equal((await version(channel, options)).tag, 'v1.14.0');
  assert.deepEqual(await failureOf(version(channel, options)), ['unavailable', 'Stream refused by server']);
  assert.deepEqual(refuses, [false]);
});

test('if all addresses of a name refuse the connection, the reason has the address of each', async () => {
  const server = await onHttp2({});
  const port = Number(server.endpoint.split(':')[1]);
  await server[Symbol.asyncDispose]();
  using channel = connectTo(server, 'localhost');
  const [kind, message] = await failureOf(version(channel, options));
  assert.equal(kind, 'refused');
  assert.ok(message.includes(`connect ECONNREFUSED 127.0.0.1:${port}`), message);
});

test('a call with a deadline beyond the longest timer is made', async () => {
  await using server = await onHttp2({ call: (stream) => answer(stream, talos) });
  using channel = connectTo(server);
  assert.equal((await version(channel, { ...options, timeout: 100 * 24 * 3_600_000 })).tag, 'v1.14.0');
});

test('a call that is cancelled before or while it connects fails as cancelled', async () => {
  await using server = await onTcp(() => undefined);
  using channel = connectTo(server);
  const over = new AbortController();
  const waiting = version(channel, { ...options, signal: over.signal });
  over.abort();
  assert.deepEqual(await failureOf(waiting), ['cancelled', 'cancelled']);
  assert.deepEqual(await failureOf(version(channel, { ...options, signal: over.signal })), ['cancelled', 'cancelled']);
});

/** Resolves these names to these addresses until the test ends. */
function withNames(context: TestContext, names: Readonly<Record<string, readonly string[]>>): void {
  context.mock.method(promises, 'lookup', async (name: string) =>
    (names[name] ?? []).map((address) => ({ address, family: 4 })),
  );
  syncBuiltinESMExports();
  context.after(() => {
    context.mock.restoreAll();
    syncBuiltinESMExports();
  });
}

for (const [what, behave] of [
  ['hangs', () => undefined],
  ['resets what it took', (socket: Socket) => socket.once('data', () => socket.resetAndDestroy())],
] as const) {
  test(`a name with several machines: if one ${what}, another answers`, {
    skip: process.platform !== 'linux' && 'only Linux answers on every 127.x.y.z',
  }, async (context) => {
    await using server = await onHttp2({ call: (stream) => answer(stream, talos) });
    const sick = createServer(behave).listen(Number(server.endpoint.split(':')[1]), '127.0.0.2');
    context.after(() => sick.close());
    await once(sick, 'listening');
    // The certificate names localhost, and is checked against it.
    withNames(context, { localhost: ['127.0.0.2', '127.0.0.1'] });
    using channel = connectTo(server, 'localhost');
    assert.equal((await version(channel, options)).tag, 'v1.14.0');
  });
}

for (const [host, sent] of [
  ['localhost', 'localhost'],
  ['127.0.0.1', undefined],
] as const) {
  test(`to ${host} the server name ${sent ?? 'is not'} sent: a load balancer may route by it`, async (context) => {
    const asked = Promise.withResolvers<string | undefined>();
    await using server = await onTls((socket) => {
      asked.resolve(typeof socket.servername === 'string' ? socket.servername : undefined);
      socket.destroy();
    });
    withNames(context, { localhost: ['127.0.0.1'] });
    using channel = connectTo(server, host);
    await failureOf(version(channel, options));
    assert.equal(await asked.promise, sent);
  });
}

test('a server of another cluster is refused, whatever NODE_TLS_REJECT_UNAUTHORIZED says', async (context) => {
  await using server = await onHttp2({ call: (stream) => answer(stream, talos) });
  const other = new Authorities(Date.now).talosconfig('other', 'os:reader', { endpoints: [server.endpoint] });
  const before = process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
  process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
  context.after(() => {
    if (before === undefined) {
      delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
    } else {
      process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = before;
    }
  });
  using channel = connectTo({ ...server, talosconfig: other });
  assert.equal((await failureOf(version(channel, options)))[0], 'wrong-ca');
});
