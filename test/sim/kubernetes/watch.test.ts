import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:https';
import { after, afterEach, before, describe, it } from 'node:test';
import { type SimulatedCluster, startCluster } from '../../../sim/cluster.ts';
import { type Event, get, optionsOf, watch } from './client.ts';

const nodes = '/api/v1/nodes';
const pods = '/api/v1/namespaces/kube-system/pods';

let cluster: SimulatedCluster;
let admin: string;
before(async () => {
  cluster = await startCluster();
  admin = cluster.kubeconfig();
});
after(() => cluster.stop());
afterEach(() => cluster.healAll());

/** Everything a watch tells, until it ends or has told so much; `steps` happen after so many events. */
async function watched(
  path: string,
  count = Number.POSITIVE_INFINITY,
  steps: Readonly<Record<number, () => unknown>> = {},
): Promise<readonly string[]> {
  const told: string[] = [];
  for await (const event of watch(admin, path)) {
    told.push(inWords(event));
    void steps[told.length]?.();
    if (told.length === count) break;
  }
  return told;
}

const inWords = ({ type, object }: Event): string => `${type} ${object.metadata.name ?? object.message}`;
const versionOf = async (path: string): Promise<string> => (await get(admin, path)).metadata.resourceVersion;

describe('a watch of Kubernetes', () => {
  it('begins with the current state and sends changes', async () => {
    const told = await watched(`${nodes}?watch=true`, 8, {
      5: () => cluster.fault('node-cordoned', 'worker-1'),
      6: () => cluster.fault('node-unregistered', 'worker-2'),
      7: () => cluster.healAll(),
    });
    assert.deepEqual(
      told.slice(0, 5),
      ['cp-1', 'cp-2', 'cp-3', 'worker-1', 'worker-2'].map((name) => `ADDED ${name}`),
    );
    assert.deepEqual(told.slice(5, 7), ['MODIFIED worker-1', 'DELETED worker-2']);
    assert.match(told[7] ?? '', /^(MODIFIED worker-1|ADDED worker-2)$/);
  });

  it('resumes from a list with the changes since then', async () => {
    const version = await versionOf(nodes);
    await cluster.fault('node-cordoned', 'worker-1');
    const told = await watched(`${nodes}?watch=true&resourceVersion=${version}`, 2, {
      1: () => cluster.fault('node-not-ready', 'cp-1'),
    });
    assert.deepEqual(told, ['MODIFIED worker-1', 'MODIFIED cp-1']);
  });

  it('with a selector reports objects that stop or begin to match as deleted or added', async () => {
    const version = await versionOf(nodes);
    const path = `${nodes}?watch=1&fieldSelector=spec.unschedulable=true&resourceVersion=${version}`;
    await cluster.fault('node-not-ready', 'cp-2');
    await cluster.fault('node-cordoned', 'worker-1');
    assert.deepEqual(await watched(path, 2, { 1: () => cluster.healAll() }), ['ADDED worker-1', 'DELETED worker-1']);
    const dns = await versionOf(pods);
    const proxy = `${pods}?watch=true&labelSelector=k8s-app=kube-proxy&resourceVersion=${dns}`;
    await cluster.fault('coredns-one-short');
    await cluster.fault('kube-proxy-not-ready', 'cp-1');
    assert.match((await watched(proxy, 1)).join(), /^MODIFIED kube-proxy-\w{5}$/);
  });

  it('is established before the first event', async () => {
    const version = await versionOf(nodes);
    const { server, ...options } = optionsOf(admin);
    const asked = request(`${server}${nodes}?watch=true&resourceVersion=${version}`, options).end();
    const [response] = await once(asked, 'response');
    assert.equal(response.statusCode, 200);
    response.destroy();
  });

  it('ends after its timeout', async () => {
    const version = await versionOf(nodes);
    assert.deepEqual(await watched(`${nodes}?watch=true&resourceVersion=${version}&timeoutSeconds=0.05`), []);
  });

  it('from an expired version returns an error', async () => {
    const version = await versionOf(nodes);
    const told = async (from: string) => (await watched(`${nodes}?watch=true&resourceVersion=${from}`)).join();
    assert.equal(await told('1'), `ERROR too old resource version: 1 (${version})`);
    await cluster.fault('kubernetes-forgets');
    assert.equal(await told(version), `ERROR too old resource version: ${version} (${version})`);
  });

  it('ends when its version expires or the API server stops', async () => {
    const version = await versionOf(nodes);
    await cluster.fault('node-cordoned', 'worker-1');
    const path = `${nodes}?watch=true&resourceVersion=${version}`;
    const told = await watched(path, undefined, { 1: () => cluster.fault('kubernetes-forgets') });
    assert.match(told.join(), /^MODIFIED worker-1,ERROR too old resource version: \d+ \(\d+\)$/);
    await cluster.healAll();
    const cut = watched(`${nodes}?watch=true`, undefined, { 5: () => cluster.fault('apiserver-port-closed', 'cp-1') });
    await assert.rejects(cut, { code: 'ECONNRESET' });
  });

  it('releases its resources when it is cancelled', async () => {
    for (let round = 0; round < 20; round += 1) await watched(`${nodes}?watch=true`, 5);
    await cluster.fault('node-cordoned', 'worker-1');
    assert.equal((await get(admin, `${nodes}/worker-1`)).spec?.unschedulable, true);
  });
});
