import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { type SimulatedCluster, startCluster } from '../../sim/cluster.ts';
import { type AskApiServer, openApiServers } from '../../src/observe/api-server.ts';
import type { RoundLimits } from '../../src/observe/request.ts';
import type { HostPort } from '../../src/values/address.ts';

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

/** What is seen of the API server at an address, in a few words. */
async function seen(ask: AskApiServer, expected: string, found = expected): Promise<string> {
  const at = (host: string): HostPort => ({ host, port: 6443 });
  const { apiServer, apiServerWay } = await ask(at(expected), Promise.resolve(at(found)), limits);
  const { address, talosPort, contacted } = apiServerWay;
  const what = apiServer.ok ? String(apiServer.value.status) : apiServer.error.kind;
  return [address, what, ...(talosPort ? ['talos'] : []), ...(contacted ? ['contacted'] : [])].join(' ');
}

test('a machine that takes connections on the Talos port is reached itself', async () => {
  const address = addressOf('cp-1');
  await cluster.fault('apiserver-hangs', 'cp-1');
  assert.equal(await seen(openApiServers(undefined), address), `${address} timeout talos contacted`);
});

test('an address where nobody is is no machine, and what refuses was reached', async () => {
  assert.equal(await seen(openApiServers(undefined), '127.0.0.1'), '127.0.0.1 refused contacted');
});

test('what has been reached in a run is known to be within reach', async () => {
  const ask = openApiServers(undefined);
  const address = addressOf('cp-1');
  await cluster.fault('apiserver-readyz-failing', 'cp-1');
  assert.equal(await seen(ask, address), `${address} 500 talos contacted`);
  await cluster.healAll();
  assert.equal(await seen(ask, address), `${address} 200 talos contacted`);
});

test('the API server is asked where the machine answers, and not where it was expected', async () => {
  const [own, other] = [addressOf('cp-1'), addressOf('cp-2')];
  await cluster.fault('apiserver-readyz-failing', 'cp-1');
  assert.equal(await seen(openApiServers(undefined), other, own), `${own} 500 talos contacted`);
});

test('the port that the static pod names is asked, whatever was expected', async () => {
  const host = addressOf('cp-1');
  const { apiServer, apiServerWay } = await openApiServers(undefined)(
    { host, port: 1 },
    Promise.resolve({ host, port: 6443 }),
    limits,
  );
  assert.deepEqual([apiServer.ok, apiServerWay.port], [true, 6443]);
});
