import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { type SimulatedCluster, startCluster } from '../../../sim/cluster.ts';
import { type AskApiServer, openApiServers } from '../../../src/observe/kubernetes/api-server.ts';
import type { RoundLimits } from '../../../src/observe/request.ts';
import type { HostPort } from '../../../src/values/address.ts';

let cluster: SimulatedCluster;
before(async () => {
  cluster = await startCluster({ controlPlanes: 2, workers: 0 });
});
after(() => cluster.stop());
afterEach(() => cluster.healAll());

const limits: RoundLimits = {
  rpcTimeout: 500,
  deadline: Number.POSITIVE_INFINITY,
  signal: new AbortController().signal,
  now: Date.now,
};

function addressOf(name: string): string {
  return cluster.nodes.find((node) => node.name === name)?.address ?? assert.fail(`no ${name}`);
}

/** The state of the API server at an address, as a short text. */
async function seen(ask: AskApiServer, expected: string, found = expected): Promise<string> {
  const at = (host: string): HostPort => ({ host, port: 6443 });
  const { apiServer, apiServerWay } = await ask(at(expected), Promise.resolve(at(found)), limits);
  const { address, talosPort, contacted } = apiServerWay;
  const what = apiServer.ok ? String(apiServer.value.status) : apiServer.error.kind;
  return [address, what, ...(talosPort ? ['talos'] : []), ...(contacted ? ['contacted'] : [])].join(' ');
}

test('if the Talos port accepts a connection, the machine has been reached', async () => {
  const address = addressOf('cp-1');
  await cluster.fault('apiserver-hangs', 'cp-1');
  assert.equal(await seen(openApiServers(undefined), address), `${address} timeout talos contacted`);
});

test('an address without a machine has not been reached, and a port that refuses connections has been contacted', async () => {
  assert.equal(await seen(openApiServers(undefined), '127.0.0.1'), '127.0.0.1 refused contacted');
});

test('an API server that was reached stays reached for the rest of the run', async () => {
  const ask = openApiServers(undefined);
  const address = addressOf('cp-1');
  await cluster.fault('apiserver-readyz-failing', 'cp-1');
  assert.equal(await seen(ask, address), `${address} 500 talos contacted`);
  await cluster.healAll();
  assert.equal(await seen(ask, address), `${address} 200 talos contacted`);
});

test('the API server is queried at the address at which the machine answers, not at the expected one', async () => {
  const [own, other] = [addressOf('cp-1'), addressOf('cp-2')];
  await cluster.fault('apiserver-readyz-failing', 'cp-1');
  assert.equal(await seen(openApiServers(undefined), other, own), `${own} 500 talos contacted`);
});

test('the API server is queried at the port of its static pod, not at the expected one', async () => {
  const host = addressOf('cp-1');
  const { apiServer, apiServerWay } = await openApiServers(undefined)(
    { host, port: 1 },
    Promise.resolve({ host, port: 6443 }),
    limits,
  );
  assert.deepEqual([apiServer.ok, apiServerWay.port], [true, 6443]);
});
