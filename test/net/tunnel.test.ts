import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { test } from 'node:test';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { Authority } from '../../sim/pki/authority.ts';
import { privateKeyPem } from '../../sim/pki/certificate.ts';
import type { ProxyServer } from '../../src/net/proxy.ts';
import { connectThrough } from '../../src/net/tunnel.ts';
import { startProxy, startSocks } from '../builders/proxy-server.ts';

/** A server that calls `serve` with each connection. */
async function server(serve: (socket: Socket) => void) {
  const tcp = createServer((socket) => {
    socket.on('error', () => undefined);
    serve(socket);
  });
  tcp.listen(0, '127.0.0.1');
  await once(tcp, 'listening');
  const address = tcp.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { host: '127.0.0.1', port, [Symbol.asyncDispose]: async () => void tcp.close() };
}

/** Sends data before the client does, unlike a TLS server, and then echoes. */
const echo = () =>
  server((socket) => {
    socket.write('hello;');
    socket.pipe(socket);
  });

/** Resolves with the data up to this text. Listens at once, because data may arrive together with the proxy's response. */
function receive(socket: Socket, until: string): Promise<string> {
  let received = '';
  return new Promise((resolve, reject) => {
    socket.on('data', (chunk) => {
      received += String(chunk);
      if (received.endsWith(until)) resolve(received);
    });
    socket.on('close', () => reject(new Error(`only ${JSON.stringify(received)} was received`)));
  });
}

const at = (scheme: ProxyServer['scheme'], port: number, host = '127.0.0.1'): ProxyServer => ({ scheme, host, port });

for (const [scheme, start] of [
  ['http', startProxy],
  ['socks5', startSocks],
] as const) {
  test(`${scheme}: data that the target sends first is not lost, and data flows both ways`, async () => {
    await using target = await echo();
    await using proxy = await start();
    const socket = await connectThrough(at(scheme, proxy.port), target);
    socket.write('ping.');
    assert.equal(await receive(socket, 'ping.'), 'hello;ping.');
    assert.deepEqual(proxy.targets, [`127.0.0.1:${target.port}`]);
  });

  test(`${scheme}: if the target refuses the connection, the error says so`, async () => {
    await using proxy = await start();
    await assert.rejects(
      connectThrough(at(scheme, proxy.port), { host: '127.0.0.1', port: 1 }),
      new Error(
        scheme === 'http'
          ? `the proxy http://127.0.0.1:${proxy.port} cannot connect to 127.0.0.1:1 (502)`
          : `the proxy socks5://127.0.0.1:${proxy.port} does not connect to 127.0.0.1:1: the connection was refused`,
      ),
    );
  });

  test(`${scheme}: if the proxy closes the connection, the error says so`, async () => {
    await using proxy = await server((socket) => socket.once('data', () => socket.end()));
    await assert.rejects(
      connectThrough(at(scheme, proxy.port), { host: '127.0.0.1', port: 1 }),
      new Error(`the proxy ${scheme}://127.0.0.1:${proxy.port} ended the connection without an answer`),
    );
  });
}

test('the address of an IPv6 target is in brackets', async () => {
  await using proxy = await startProxy({ refuse: 403 });
  await assert.rejects(
    connectThrough(at('http', proxy.port), { host: 'fd00::1', port: 50_000 }),
    new Error(`the proxy http://127.0.0.1:${proxy.port} does not allow connections to [fd00::1]:50000 (403)`),
  );
  assert.deepEqual(proxy.targets, ['[fd00::1]:50000']);
});

test('the certificate of an HTTPS proxy is verified', async () => {
  const authority = new Authority('proxies', Date.now);
  const { certificate: cert, privateKey } = authority.server('proxy', ['127.0.0.1', 'localhost']);
  await using target = await echo();
  await using proxy = await startProxy({ identity: { cert, key: privateKeyPem(privateKey, 'PRIVATE KEY') } });
  await assert.rejects(
    connectThrough(at('https', proxy.port), target),
    /^Error: no TLS connection with the proxy https:\/\/127\.0\.0\.1:\d+: .*certificate/,
  );
  setDefaultCACertificates([...getCACertificates(), authority.certificate]);
  for (const host of ['127.0.0.1', 'localhost']) {
    const socket = await connectThrough(at('https', proxy.port, host), target);
    socket.write('ping.');
    assert.equal(await receive(socket, 'ping.'), 'hello;ping.');
  }
});

test('SOCKS 5: if the proxy requires or refuses a login, the error says so', async () => {
  await using proxy = await startSocks({ login: 'me:hunter2' });
  const target = { host: 'cp-1', port: 50_000 };
  const name = `the proxy socks5://127.0.0.1:${proxy.port}`;
  await assert.rejects(
    connectThrough(at('socks5', proxy.port), target),
    new Error(`${name} wants a login, and its URL has none`),
  );
  await assert.rejects(
    connectThrough({ ...at('socks5', proxy.port), login: { user: 'me', password: 'hunter22' } }, target),
    new Error(`${name} refuses the login of its URL`),
  );
  await assert.rejects(
    connectThrough({ ...at('socks5', proxy.port), login: { user: 'me', password: '2'.repeat(256) } }, target),
    new Error(`${name} refuses the login of its URL`),
  );
});

for (const [reply, why, code] of [
  [3, 'there is no route to the network', 'ENETUNREACH'],
  [4, 'there is no route to the host', 'EHOSTUNREACH'],
  [5, 'the connection was refused', 'ECONNREFUSED'],
  [6, 'the time ran out', 'ETIMEDOUT'],
  [8, 'it does not know the kind of address', undefined],
  [91, 'its reply is none of SOCKS 5', undefined],
] as const) {
  test(`SOCKS 5: the reply ${reply} gives the error "${why}"`, async () => {
    await using proxy = await server((socket) => {
      socket.once('data', () => {
        socket.write(Buffer.of(5, 0));
        socket.once('data', () => socket.end(Buffer.of(5, reply, 0, 1, 0, 0, 0, 0, 0, 0)));
      });
    });
    const message = `the proxy socks5://127.0.0.1:${proxy.port} does not connect to cp-1:50000: ${why}`;
    await assert.rejects(connectThrough(at('socks5', proxy.port), { host: 'cp-1', port: 50_000 }), {
      message,
      ...(code !== undefined && { code }),
    });
  });
}

for (const [host, bytes] of [
  ['fd00::1', 'fd000000000000000000000000000001'],
  ['::1', '00000000000000000000000000000001'],
  ['fd00:1:2:3:4:5:6:7', 'fd000001000200030004000500060007'],
  ['64:ff9b::10.0.0.1', '0064ff9b00000000000000000a000001'],
] as const) {
  test(`SOCKS 5: the IPv6 address ${host} is sent in binary`, async () => {
    const received: string[] = [];
    await using proxy = await server((socket) => {
      socket.once('data', () => {
        socket.write(Buffer.of(5, 0));
        socket.once('data', (request) => {
          received.push(request.toString('hex'));
          socket.end(Buffer.of(5, 2, 0, 1, 0, 0, 0, 0, 0, 0));
        });
      });
    });
    await assert.rejects(
      connectThrough(at('socks5', proxy.port), { host, port: 50_000 }),
      /its rules do not allow it$/,
    );
    assert.deepEqual(received, [`05010004${bytes}c350`]);
  });
}
