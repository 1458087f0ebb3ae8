import assert from 'node:assert/strict';
import { constants, createSecureServer, type Http2ServerResponse } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { Authority } from '../../sim/pki/authority.ts';
import { readProxying } from '../../src/net/proxy.ts';
import { version } from '../../src/talos/api.ts';
import { CallError } from '../../src/talos/call-error.ts';
import { authenticationOf } from '../../src/talos/grpc/authentication.ts';
import { connect } from '../../src/talos/grpc/connection.ts';
import { startProxy } from '../builders/proxy-server.ts';
import { field, framed, grpcHeaders } from '../e2e/hostile-http2.ts';

const options = { timeout: 5000, signal: new AbortController().signal };
const talos = field(1, field(2, field(1, Buffer.from('v1.14.0'))));

interface Front extends AsyncDisposable {
  readonly port: number;
  readonly ca: string;
  /** How often the time was asked for. */
  readonly asked: () => number;
}

/** A server of gRPC and HTTP/1.1 as Omni is one, whose clock is ahead by some milliseconds. */
async function startFront(ahead: number | undefined, onCall: (response: Http2ServerResponse) => void): Promise<Front> {
  const authority = new Authority('omni', Date.now);
  const { certificate, privateKey } = authority.server('omni', ['127.0.0.1']);
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' });
  const server = createSecureServer({ cert: certificate, key, allowHTTP1: true });
  let asked = 0;
  server.on('request', (request, response) => {
    if (request.httpVersionMajor === 2) {
      onCall(response);
      return;
    }
    asked += 1;
    response.sendDate = false;
    if (ahead !== undefined) response.setHeader('date', new Date(Date.now() + ahead).toUTCString());
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    ca: authority.certificate,
    asked: () => asked,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
      }),
  };
}

/** A channel that counts how often it signs. */
function channelTo({ port, ca }: Front, proxyUrl?: string) {
  let signed = 0;
  const account = {
    name: 'ci',
    createdAt: 0,
    headers: (method: string) => {
      signed += 1;
      return { 'x-sidero-payload': `${signed} ${method}` };
    },
  };
  const authentication = authenticationOf({ kind: 'service-account', account, cluster: 'prod', ca });
  const proxying = readProxying(proxyUrl, {});
  assert.ok(proxying.ok);
  const channel = connect({ host: '127.0.0.1', port }, authentication, undefined, proxying.value?.proxy);
  return { ...channel, signed: () => signed, [Symbol.dispose]: () => channel.close() };
}

const contentType = { 'content-type': grpcHeaders['content-type'] };

function refuse(response: Http2ServerResponse): void {
  response.writeHead(200, contentType);
  response.addTrailers({ 'grpc-status': '16', 'grpc-message': 'invalid signature' });
  response.write('');
  response.end();
}

function answer(response: Http2ServerResponse): void {
  response.writeHead(200, contentType);
  response.addTrailers({ 'grpc-status': '0' });
  response.end(framed(talos));
}

async function offsetOf(call: Promise<unknown>): Promise<number | undefined> {
  const error = await call.then(() => undefined).catch((reason: unknown) => reason);
  assert.ok(error instanceof CallError && error.failure.kind === 'signature-refused', String(error));
  return error.failure.clockOffset;
}

test('a refused signature has the offset of the clock of the server, which many refusals ask once', async () => {
  for (const minutes of [6, -6]) {
    await using front = await startFront(minutes * 60_000, refuse);
    using channel = channelTo(front);
    const offsets = await Promise.all([1, 2, 3].map(() => offsetOf(version(channel, options))));
    for (const offset of offsets) {
      assert.equal(Math.round((offset ?? 0) / 60_000), minutes);
    }
    assert.equal(front.asked(), 1);
  }
});

test('a server that tells no time', async () => {
  await using front = await startFront(undefined, refuse);
  using channel = channelTo(front);
  assert.equal(await offsetOf(version(channel, options)), undefined);
});

test('the time is asked through the proxy of the calls', async () => {
  await using front = await startFront(0, refuse);
  await using proxy = await startProxy();
  using channel = channelTo(front, `http://127.0.0.1:${proxy.port}`);
  assert.ok(Math.abs((await offsetOf(version(channel, options))) ?? Number.NaN) < 60_000);
  assert.deepEqual(proxy.targets, [`127.0.0.1:${front.port}`, `127.0.0.1:${front.port}`]);
});

test('a call that the server did not process is signed anew when it is repeated', async () => {
  let calls = 0;
  await using front = await startFront(0, (response) => {
    calls += 1;
    if (calls === 1) {
      response.stream.close(constants.NGHTTP2_REFUSED_STREAM);
    } else {
      answer(response);
    }
  });
  using channel = channelTo(front);
  assert.equal((await version(channel, options)).tag, 'v1.14.0');
  assert.deepEqual([calls, channel.signed()], [2, 2]);
});

test('a call that is answered is signed once, and asks for no time', async () => {
  await using front = await startFront(0, answer);
  using channel = channelTo(front);
  await version(channel, options);
  assert.deepEqual([channel.signed(), front.asked()], [1, 0]);
});
