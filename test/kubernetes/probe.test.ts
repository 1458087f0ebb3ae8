import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { after, before, test } from 'node:test';
import { type SimulatedCluster, startCluster } from '../../sim/cluster.ts';
import type { Answer } from '../../src/kubernetes/model.ts';
import { type ProbeAnswer, type ProbeBounds, probeReadyz } from '../../src/kubernetes/probe.ts';
import type { ProxyServer } from '../../src/net/proxy.ts';
import type { HostPort } from '../../src/values/address.ts';
import { startBlackHole } from '../builders/black-hole.ts';
import { startProxy, startSocks } from '../builders/proxy-server.ts';

let cluster: SimulatedCluster;
before(async () => {
  cluster = await startCluster({ controlPlanes: 1, workers: 0 });
});
after(() => cluster.stop());

const never = new AbortController().signal;
const bounds = (timeout: number, signal = never): ProbeBounds => ({ timeout, signal, connecting: never });
const patient = bounds(20_000);

function server(): HostPort {
  const [host = '', port] = (cluster.nodes[0]?.kubernetes ?? '').split(':');
  return { host, port: Number(port) };
}

/** A server that passes each connection to the test. */
async function listen(onConnection: (socket: Socket) => void): Promise<AsyncDisposable & { readonly at: HostPort }> {
  const sockets = new Set<Socket>();
  const listener = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    onConnection(socket);
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const address = listener.address();
  assert.ok(address !== null && typeof address === 'object');
  return {
    at: { host: '127.0.0.1', port: address.port },
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) {
        socket.destroy();
      }
      listener.close();
      await once(listener, 'close');
    },
  };
}

function kindOf(answer: Answer<ProbeAnswer>): string {
  return answer.ok ? String(answer.value.status) : answer.error.kind;
}

test('an API server responds to anonymous requests', async () => {
  const answer = await probeReadyz(server(), patient);
  assert.ok(answer.ok);
  assert.equal(answer.value.status, 200);
  assert.match(answer.value.body, /^\[\+\]ping ok\n/);
});

test('the error differs between no response and no connection', async () => {
  await using silent = await listen(() => undefined);
  const answer = await probeReadyz(silent.at, bounds(100));
  assert.ok(!answer.ok);
  const { kind, message } = answer.error;
  assert.deepEqual([kind, message], ['timeout', 'it takes connections and does not answer within 100 ms']);
  await using hole = await startBlackHole();
  const lost = await probeReadyz(hole.at, bounds(300));
  assert.ok(!lost.ok);
  assert.deepEqual([lost.error.kind, lost.error.message], ['connect-timeout', 'no connection within 300 ms']);
});

test('a closed port, a dropped connection and an unknown name are told apart', async () => {
  assert.equal(kindOf(await probeReadyz({ host: '127.0.0.1', port: 1 }, patient)), 'refused');
  await using rude = await listen((socket) => socket.destroy());
  assert.equal(kindOf(await probeReadyz(rude.at, patient)), 'dropped');
  assert.equal(kindOf(await probeReadyz({ host: 'nobody.invalid', port: 6443 }, patient)), 'unresolved');
});

test('a cancelled probe is not reported as a timeout', async () => {
  await using silent = await listen(() => undefined);
  const end = new AbortController();
  const asked = probeReadyz(silent.at, bounds(20_000, end.signal));
  end.abort();
  assert.equal(kindOf(await asked), 'cancelled');
});

test('a probe through a proxy reports the error of the server if the proxy returns it, else that of the proxy', async () => {
  const nobody: HostPort = { host: '127.0.0.1', port: 1 };
  const by = (scheme: ProxyServer['scheme'], port: number): ProxyServer => ({ scheme, host: '127.0.0.1', port });
  await using http = await startProxy();
  await using refusing = await startProxy({ refuse: 502 });
  await using socks = await startSocks();
  assert.equal(kindOf(await probeReadyz(server(), patient, by('http', http.port))), '200');
  assert.equal(kindOf(await probeReadyz(server(), patient, by('http', refusing.port))), 'proxy');
  assert.equal(kindOf(await probeReadyz(server(), patient, by('socks5', socks.port))), '200');
  assert.equal(kindOf(await probeReadyz(nobody, patient, by('socks5', socks.port))), 'refused');
  assert.equal(kindOf(await probeReadyz(server(), patient, by('http', 1))), 'proxy');
  await using silent = await listen(() => undefined);
  assert.equal(kindOf(await probeReadyz(silent.at, bounds(100), by('socks5', socks.port))), 'timeout');
});

test('the connecting signal cancels the connection attempt, but not an established connection', async () => {
  await using hole = await startBlackHole();
  const given = { ...patient, connecting: AbortSignal.abort() };
  assert.equal(kindOf(await probeReadyz(hole.at, given)), 'connect-timeout');
  const late = new AbortController();
  await using silent = await listen((socket) => socket.once('data', () => late.abort()));
  assert.equal(kindOf(await probeReadyz(silent.at, { ...bounds(200), connecting: late.signal })), 'timeout');
});
