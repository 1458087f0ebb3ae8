import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { type SimulatedCluster, startCluster } from '../../sim/cluster.ts';
import { openChannels } from '../../src/observe/endpoints/channels.ts';
import type { TalosClient } from '../../src/observe/endpoints/client.ts';
import { openEndpointPool } from '../../src/observe/endpoints/pool.ts';
import type { Facet } from '../../src/observe/facets/facet.ts';
import { nodeFacetNames } from '../../src/observe/facets/table.ts';
import { openApiServers } from '../../src/observe/kubernetes/api-server.ts';
import { observeNode } from '../../src/observe/node.ts';
import type { Call } from '../../src/observe/request.ts';
import type { NodeSnapshot } from '../../src/observe/snapshot.ts';
import { etcdStatus, services } from '../../src/talos/api.ts';
import { clusterNode } from '../builders/snapshot.ts';
import { having, observeOnce, optionsFor } from '../gate/simulated.ts';

let cluster: SimulatedCluster;
before(async () => {
  cluster = await startCluster();
});
after(() => cluster.stop());

let healing: () => Promise<void> = async () => undefined;
afterEach(() => healing());

async function fault(...args: Parameters<SimulatedCluster['fault']>): Promise<void> {
  const handle = await cluster.fault(...args);
  healing = () => handle.heal();
}

/** A call that hangs would block the round for this long. */
const patient = { inputs: { 'rpc-timeout': '10m', 'wait-timeout': '1h' } };
const hanging = { timeout: 60_000 };

const words = ({ etcdMembers, etcdStatus, etcdAlarms }: NodeSnapshot): readonly string[] =>
  [etcdMembers, etcdStatus, etcdAlarms].map((facet) => (facet.ok ? 'ok' : facet.error.message));

async function etcdOf(node: string) {
  const { snapshot, findings } = await observeOnce(cluster, patient);
  const etcd = snapshot.nodes.find((other) => other.node.name === node) ?? assert.fail();
  return { etcd, findings };
}

test('before bootstrap, calls to etcd do not delay a round until their deadline', hanging, async () => {
  await fault('not-bootstrapped');
  const { etcd } = await etcdOf('cp-1');
  assert.deepEqual(words(etcd), Array(3).fill('etcd is Preparing, and did not answer'));
});

test('a stopped etcd delays neither other nodes nor its own', hanging, async () => {
  await fault('etcd-stopped', 'cp-2');
  const { etcd, findings } = await etcdOf('cp-2');
  assert.deepEqual(words(etcd), ['ok', 'etcd is Finished, and did not answer', 'etcd is Finished, and did not answer']);
  assert.deepEqual(having(findings, 'pending', 'fail'), ['etcd-service@cp-2']);
});

test('an answer of etcd is used even if its node reports that etcd is not running', async () => {
  const options = await optionsFor(cluster, {});
  using channels = openChannels(options.endpoints, options.context);
  const limits = { rpcTimeout: 3000, deadline: Infinity, signal: new AbortController().signal, now: Date.now };
  const { ask } = openEndpointPool(channels).openSession(limits);
  const reported = Promise.withResolvers<void>();
  const client: TalosClient = {
    ask: async <T>(call: Call<T>, node?: string): Promise<Facet<T>> => {
      if (call === (services as Call<unknown>)) {
        setImmediate(reported.resolve);
        return { ok: true, value: [] as T, at: 0 };
      }
      await (call === (etcdStatus as Call<unknown>) ? reported.promise : undefined);
      return ask(call, node);
    },
  };
  const [{ name, address } = assert.fail()] = cluster.nodes;
  const { nodeId = '' } = cluster.state.nodes[0] ?? {};
  const node = clusterNode('controlplane', 1, { name, nodeId, address, addresses: [address] });
  const asked = { node, client: client, limits, wanted: new Set(nodeFacetNames) };
  assert.deepEqual(words(await observeNode(asked, openApiServers(undefined))), ['ok', 'ok', 'ok']);
});
