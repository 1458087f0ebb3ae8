/**
 * Fails by name when an upgrade of @grpc/grpc-js moves, renames or changes one of
 * the pieces in src/talos/grpc/transport.ts. Types do not say most of it, so the pieces
 * run here against an HTTP/2 server over TLS.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { constants, type ServerHttp2Session } from 'node:http2';
import type { Socket } from 'node:net';
import { test } from 'node:test';
import { connect as connectTls } from 'node:tls';
import {
  connectTransport,
  Metadata,
  Status,
  type Transport,
  type TransportListener,
} from '../../../src/talos/grpc/transport.ts';
import { answer, field, framed, grpcHeaders, onHttp2 } from '../../e2e/hostile-http2.ts';
import { type Hostile, onTcp } from '../../e2e/hostile-sockets.ts';

type Secure = (socket: Socket) => Promise<Socket>;

const secure: Secure = async (socket) => {
  const secured = connectTls({ socket, ALPNProtocols: ['h2'], rejectUnauthorized: false });
  await once(secured, 'secureConnect');
  return secured;
};

async function open(
  server: Hostile,
  { with: securing = secure, signal = new AbortController().signal }: { with?: Secure; signal?: AbortSignal } = {},
): Promise<Transport & Disposable> {
  const [host = '', port] = server.endpoint.split(':');
  const target = { host, port: Number(port), authority: 'cp-1.example:50000' };
  const transport = await connectTransport(target, securing, signal);
  return Object.assign(transport, { [Symbol.dispose]: () => transport.shutdown() });
}

type CallEnd = Parameters<TransportListener['onReceiveStatus']>[0];

/** Makes a call with an empty request. By default, reads all messages. */
function start(transport: Transport, { metadata = new Metadata(), reads = true } = {}) {
  const messages: Buffer[] = [];
  const ended = Promise.withResolvers<CallEnd>();
  const received = Promise.withResolvers<void>();
  const call = transport.createCall(
    metadata,
    'cp-1.example:50000',
    '/machine.MachineService/Version',
    {
      onReceiveMetadata: () => undefined,
      onReceiveMessage: (message: Buffer) => {
        messages.push(message);
        received.resolve();
        if (reads) call.startRead();
      },
      onReceiveStatus: ended.resolve,
    },
    {},
  );
  call.startRead();
  call.sendMessageWithContext({}, framed(Buffer.alloc(0)));
  call.halfClose();
  return { call, messages, ended: ended.promise, received: received.promise };
}

const message = field(1, Buffer.from('v1.14.0'));
const healthy = () => onHttp2({ call: (stream) => answer(stream, message) });

test('the version of @grpc/grpc-js is pinned: parts of it are private', () => {
  const { devDependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
  assert.match(devDependencies['@grpc/grpc-js'], /^\d+\.\d+\.\d+$/);
});

test('status: has the codes of gRPC by name, and their names by code', () => {
  assert.deepEqual(
    [Status.OK, Status.CANCELLED, Status.UNKNOWN, Status.DEADLINE_EXCEEDED, Status.INTERNAL, Status.UNAVAILABLE],
    [0, 1, 2, 4, 13, 14],
  );
  assert.equal(Status[7], 'PERMISSION_DENIED');
});

test('Metadata: what is set is sent as a header', async () => {
  const asked = Promise.withResolvers<unknown>();
  await using server = await onHttp2({
    call: (stream, _path, headers) => {
      asked.resolve(headers['node']);
      answer(stream, message);
    },
  });
  using transport = await open(server);
  const metadata = new Metadata();
  metadata.set('node', '10.0.0.2');
  start(transport, { metadata });
  assert.equal(await asked.promise, '10.0.0.2');
});

test('Http2SubchannelConnector: resolves with a transport that makes calls', async () => {
  await using server = await healthy();
  using transport = await open(server);
  for (const method of ['createCall', 'addDisconnectListener', 'shutdown'] as const) {
    assert.equal(typeof transport[method], 'function', method);
  }
  const { call, ended } = start(transport);
  for (const method of ['startRead', 'sendMessageWithContext', 'halfClose', 'cancelWithStatus'] as const) {
    assert.equal(typeof call[method], 'function', method);
  }
  assert.equal((await ended).code, Status.OK);
});

test('Http2SubchannelConnector: connects through the socket that the secure connector returns', async () => {
  await using server = await healthy();
  const sockets: Socket[] = [];
  let before = 0;
  using transport = await open(server, {
    with: async (socket) => {
      const secured = await secure(socket);
      sockets.push(socket, secured);
      before = secured.bytesWritten;
      return secured;
    },
  });
  await start(transport).ended;
  const [tcp, tls] = sockets;
  assert.notEqual(tcp, tls);
  assert.ok((tls?.bytesWritten ?? 0) > before);
});

test('Http2SubchannelConnector: rejects with the error of the secure connector, and closes the socket', async () => {
  await using server = await healthy();
  let tcp: Socket | undefined;
  const failing: Secure = async (socket) => {
    tcp = socket;
    throw new Error('self-signed certificate');
  };
  await assert.rejects(open(server, { with: failing }), /self-signed certificate/);
  assert.equal(tcp?.destroyed, true);
});

test('Http2SubchannelConnector: passes the signal of the address to the socket, so an attempt that hangs ends', {
  timeout: 10_000,
}, async (context) => {
  const over = new AbortController();
  await using server = await onTcp(() => undefined);
  const closed = Promise.withResolvers<void>();
  const hanging: Secure = (socket) =>
    new Promise((_, reject) => {
      socket.on('error', reject);
      context.after(() => socket.destroy());
      socket.on('close', () => closed.resolve());
      over.abort();
    });
  await assert.rejects(open(server, { with: hanging, signal: over.signal }), { name: 'AbortError' });
  await closed.promise;
});

test('createCall: sends the host as the authority', async () => {
  const asked = Promise.withResolvers<unknown>();
  await using server = await onHttp2({
    call: (stream, _path, headers) => {
      asked.resolve(headers[':authority']);
      answer(stream, message);
    },
  });
  using transport = await open(server);
  start(transport);
  assert.equal(await asked.promise, 'cp-1.example:50000');
});

test('ChannelOptions: grpc-node.flow_control_window is the window of streams and of the connection', async () => {
  const sessions: ServerHttp2Session[] = [];
  await using server = await onHttp2({
    session: (session) => sessions.push(session),
    call: (stream) => answer(stream, message),
  });
  using transport = await open(server);
  await start(transport).ended;
  const window = 4 * 1024 * 1024;
  assert.equal(sessions[0]?.remoteSettings.initialWindowSize, window);
  assert.ok((sessions[0]?.state.remoteWindowSize ?? 0) > window / 2);
});

test('ChannelOptions: grpc.max_receive_message_length ends a call before its message is read', async () => {
  const bytes = 32 * 1024 * 1024 + 1;
  await using server = await onHttp2({
    call: (stream) => {
      stream.respond(grpcHeaders);
      const head = Buffer.alloc(5);
      head.writeUInt32BE(bytes, 1);
      stream.write(head);
    },
  });
  using transport = await open(server);
  const { code, details } = await start(transport).ended;
  assert.equal(code, Status.RESOURCE_EXHAUSTED);
  assert.equal(details, `Received message larger than max (${bytes} vs ${bytes - 1})`);
});

test('createCall: sends the request as it was framed, and gives each message framed', async () => {
  const sent: Buffer[] = [];
  await using server = await onHttp2({
    call: (stream) => {
      stream.on('data', (data: Buffer) => sent.push(data));
      stream.on('end', () => answer(stream, message));
    },
  });
  using transport = await open(server);
  const { messages, ended } = start(transport);
  assert.equal((await ended).code, Status.OK);
  assert.deepEqual(Buffer.concat(sent), framed(Buffer.alloc(0)));
  assert.deepEqual(messages, [framed(message)]);
});

test('createCall: gives a compressed message as it came', async () => {
  await using server = await onHttp2({
    call: (stream) => {
      stream.respond(grpcHeaders, { waitForTrailers: true });
      stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
      stream.end(framed(message, true));
    },
  });
  using transport = await open(server);
  const { messages, ended } = start(transport);
  await ended;
  assert.deepEqual(messages, [framed(message, true)]);
});

test('createCall: gives no message before startRead asks for it, and no status before the last one', async () => {
  await using server = await onHttp2({
    call: (stream) => {
      stream.respond(grpcHeaders, { waitForTrailers: true });
      stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
      stream.end(Buffer.concat([framed(message), framed(message)]));
    },
  });
  using transport = await open(server);
  const { call, messages, ended, received } = start(transport, { reads: false });
  await received;
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(messages.length, 1);
  call.startRead();
  assert.equal((await ended).code, Status.OK);
  assert.equal(messages.length, 2);
});

test('createCall: the status has the code and the details of the trailers', async () => {
  await using server = await onHttp2({
    call: (stream) =>
      stream.respond({ ...grpcHeaders, 'grpc-status': '7', 'grpc-message': 'not%20authorized' }, { endStream: true }),
  });
  using transport = await open(server);
  const { code, details } = await start(transport).ended;
  assert.deepEqual([code, details], [Status.PERMISSION_DENIED, 'not authorized']);
});

test('createCall: the status of a refused stream has its HTTP/2 error code', async () => {
  await using server = await onHttp2({ call: (stream) => stream.close(constants.NGHTTP2_REFUSED_STREAM) });
  using transport = await open(server);
  const { code, details, rstCode } = await start(transport).ended;
  assert.deepEqual(
    [code, details, rstCode],
    [Status.UNAVAILABLE, 'Stream refused by server', constants.NGHTTP2_REFUSED_STREAM],
  );
});

test('createCall: the status of an answer that is not gRPC has the HTTP status', async () => {
  await using server = await onHttp2({ call: (stream) => stream.respond({ ':status': 502 }, { endStream: true }) });
  using transport = await open(server);
  assert.equal((await start(transport).ended).details, 'Received HTTP status code 502');
});

test('cancelWithStatus: ends the call with that status, and the stream', async () => {
  const reset = Promise.withResolvers<number>();
  await using server = await onHttp2({
    call: (stream) => {
      stream.respond(grpcHeaders);
      stream.on('close', () => reset.resolve(stream.rstCode));
    },
  });
  using transport = await open(server);
  const { call, ended } = start(transport);
  call.cancelWithStatus(Status.DEADLINE_EXCEEDED, 'Deadline exceeded');
  const { code, details } = await ended;
  assert.deepEqual([code, details], [Status.DEADLINE_EXCEEDED, 'Deadline exceeded']);
  assert.equal(await reset.promise, constants.NGHTTP2_CANCEL);
});

test('addDisconnectListener: is called when the connection is lost, and its calls end', async () => {
  await using server = await onHttp2({ call: (stream) => stream.session?.destroy() });
  using transport = await open(server);
  const lost = new Promise<void>((resolve) => transport.addDisconnectListener(() => resolve()));
  const { ended } = start(transport);
  await lost;
  const { code, details } = await ended;
  assert.deepEqual([code, details], [Status.UNAVAILABLE, 'Connection dropped']);
});

test('addDisconnectListener: is called at a GOAWAY, and the calls in flight still get their answers', async () => {
  const told = Promise.withResolvers<void>();
  await using server = await onHttp2({
    call: (stream) => {
      stream.session?.goaway();
      void told.promise.then(() => answer(stream, message));
    },
  });
  using transport = await open(server);
  transport.addDisconnectListener(() => told.resolve());
  const { messages, ended } = start(transport);
  assert.equal((await ended).code, Status.OK);
  assert.equal(messages.length, 1);
});

test('shutdown: lets calls in flight end, and closes the connection then', async () => {
  const arrived = Promise.withResolvers<void>();
  const shut = Promise.withResolvers<void>();
  const closed = Promise.withResolvers<void>();
  await using server = await onHttp2({
    session: (session) => session.on('close', () => closed.resolve()),
    call: (stream) => {
      arrived.resolve();
      void shut.promise.then(() => answer(stream, message));
    },
  });
  const transport = await open(server);
  const { ended } = start(transport);
  await arrived.promise;
  transport.shutdown();
  shut.resolve();
  assert.equal((await ended).code, Status.OK);
  await closed.promise;
});
