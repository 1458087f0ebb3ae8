import assert from 'node:assert/strict';
import { once } from 'node:events';
import { get } from 'node:https';
import { text } from 'node:stream/consumers';
import { describe, it } from 'node:test';
import { type SimulatedCluster, startCluster } from '../../../sim/cluster.ts';
import type { Scenario } from '../../../sim/model/scenario.ts';
import { nodeOf } from '../client.ts';

/** Status and body of an anonymous request, or the error. */
async function ask(cluster: SimulatedCluster, name: string, path: string): Promise<string> {
  const request = get(`https://${nodeOf(cluster, name).kubernetes}${path}`, {
    rejectUnauthorized: false,
    agent: false,
  });
  try {
    const [response] = await once(request, 'response');
    return `${response.statusCode} ${await text(response)}`;
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error);
  }
}

async function using(overrides: Partial<Scenario>, test: (cluster: SimulatedCluster) => Promise<void>): Promise<void> {
  await using cluster = await startCluster(overrides);
  await test(cluster);
}

describe('kube-apiserver of a control plane', () => {
  it('answers anybody about its health and version, and nobody about the rest', () =>
    using({}, async (cluster) => {
      assert.equal(await ask(cluster, 'cp-1', '/readyz'), '200 ok');
      assert.equal(await ask(cluster, 'cp-2', '/livez'), '200 ok');
      assert.match(
        await ask(cluster, 'cp-1', '/readyz?verbose'),
        /^200 \[\+\]ping ok\n[\s\S]*\nreadyz check passed\n$/,
      );
      assert.match(await ask(cluster, 'cp-3', '/version'), /^200 [\s\S]*"gitVersion":"v1\.36\.0"/);
      assert.match(
        await ask(cluster, 'cp-1', '/api/v1/nodes'),
        /^403 .*User \\"system:anonymous\\" cannot list resource \\"nodes\\"/,
      );
    }));

  it('says 401 in an older cluster', () =>
    using({ anonymousProbes: false }, async (cluster) => {
      assert.match(await ask(cluster, 'cp-1', '/readyz'), /^401 [\s\S]*"reason":"Unauthorized"/);
    }));

  it('names the parts that fail', () =>
    using({}, async (cluster) => {
      await cluster.fault('etcd-hung', 'cp-1');
      await cluster.fault('apiserver-readyz-failing', 'cp-2', { part: 'poststarthook/something' });
      const failing = async (name: string) => (await ask(cluster, name, '/readyz')).match(/\[-\].*/g);
      assert.deepEqual(await failing('cp-1'), [
        '[-]etcd failed: reason withheld',
        '[-]etcd-readiness failed: reason withheld',
      ]);
      assert.deepEqual(await failing('cp-2'), ['[-]poststarthook/something failed: reason withheld']);
      assert.equal(await failing('cp-3'), null);
      assert.match(await ask(cluster, 'cp-1', '/readyz'), /^500 /);
    }));

  it('is not there when its pod is not, when the port is closed, or the machine off', () =>
    using({}, async (cluster) => {
      await cluster.fault('apiserver-crash-loop', 'cp-1');
      const closed = await cluster.fault('apiserver-port-closed', 'cp-2');
      await cluster.fault('node-dead', 'cp-3');
      for (const name of ['cp-1', 'cp-2', 'cp-3']) assert.equal(await ask(cluster, name, '/readyz'), 'ECONNREFUSED');
      await closed.heal();
      assert.equal(await ask(cluster, 'cp-2', '/readyz'), '200 ok');
    }));

  it('is not there without Kubernetes', () =>
    using({ kubernetes: false }, async (cluster) => {
      assert.equal(await ask(cluster, 'cp-1', '/readyz'), 'ECONNREFUSED');
    }));
});
