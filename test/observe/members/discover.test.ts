import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DiscoverySession } from '../../../src/observe/endpoints/pool.ts';
import { clusterOfEndpoints } from '../../../src/observe/members/discover.ts';
import { failed, ok } from '../../builders/snapshot.ts';

const options = { controlPlaneNodes: [], workerNodes: [], nodes: [], endpoints: [] };
const etcd = [{ id: '1', hostname: 'cp-1', peerHosts: ['10.0.0.1'], clientHosts: [], isLearner: false }];

/** What is asked of a gateway whose member list failed like this, and the nodes that are found. */
async function behindGateway(kind: 'timeout' | 'unsupported-type') {
  let asked = 0;
  const answer = Promise.resolve({ members: failed({ kind }) });
  const trial = { host: 'omni.example.com', isGateway: true, channel: { endpoint: 'omni.example.com:443' }, answer };
  const session = {
    trials: [trial],
    answering: () => Promise.resolve([trial]),
    askEndpoint: () => {
      asked += 1;
      return Promise.resolve(ok(etcd));
    },
  } as unknown as DiscoverySession;
  const { nodes } = await clusterOfEndpoints(session, options);
  return { asked, nodes: nodes.map(({ name }) => name) };
}

test('behind a gateway, the members of etcd are the cluster if discovery has none', async () => {
  assert.deepEqual(await behindGateway('unsupported-type'), { asked: 1, nodes: ['cp-1'] });
});

test('control planes that hang behind a gateway are not asked twice for who is in the cluster', async () => {
  assert.deepEqual(await behindGateway('timeout'), { asked: 0, nodes: [] });
});
