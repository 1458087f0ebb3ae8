import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type SimulatedCluster, startCluster } from '../../sim/cluster.ts';
import { State } from '../../sim/gen/cosi/resource/resource_pb.ts';
import { MachineService } from '../../sim/gen/machine/machine_pb.ts';
import { connect } from './client.ts';
import { names } from './kubernetes/client.ts';

const member = { namespace: 'cluster', type: 'Members.cluster.talos.dev' };

/** The workers that discovery and Kubernetes know. */
async function known(cluster: SimulatedCluster): Promise<readonly (readonly string[])[]> {
  using client = connect(cluster);
  const { messages } = await client.call(State.method.list, member);
  const members = messages.map(({ resource }) => resource?.metadata?.id ?? '');
  const nodes = await names(cluster.kubeconfig(), '/api/v1/nodes');
  return [members, nodes].map((all) => all.filter((name) => name.startsWith('worker')));
}

describe('workers that come and go', () => {
  it('join, with a Talos and a Kubernetes of their own', async () => {
    await using cluster = await startCluster({ workers: 1, spareWorkers: 2 });
    assert.deepEqual(await known(cluster), [['worker-1'], ['worker-1']]);
    assert.equal(cluster.nodes.length, 4);
    await cluster.join('worker-3');
    const now = ['worker-1', 'worker-3'];
    assert.deepEqual(await known(cluster), [now, now]);
    using client = connect(cluster, 'os:reader', { through: 'worker-3' });
    await client.ask(MachineService.method.version, {});
    await assert.rejects(cluster.join('worker-3'), {
      message: 'worker-3 cannot join the simulated cluster: it is a part of it already',
    });
  });

  it('leave, with or without leftovers in discovery and Kubernetes', async () => {
    await using cluster = await startCluster({ workers: 4 });
    await cluster.leave('worker-4');
    await cluster.leave('worker-3', { discovered: true });
    await cluster.leave('worker-2', { registered: true });
    assert.deepEqual(await known(cluster), [
      ['worker-1', 'worker-3'],
      ['worker-1', 'worker-2'],
    ]);
    using client = connect(cluster);
    const { code } = await client.call(MachineService.method.version, {}, { node: 'worker-3' });
    assert.equal(code, 'UNAVAILABLE');
    await cluster.join('worker-4');
    assert.deepEqual((await known(cluster))[1], ['worker-1', 'worker-2', 'worker-4']);
    await assert.rejects(cluster.leave('cp-1'), { message: 'cp-1 is no worker: only workers come and go' });
  });
});
