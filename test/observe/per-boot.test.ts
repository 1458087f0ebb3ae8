import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type SimulatedCluster, startCluster } from '../../sim/cluster.ts';
import { updateNode } from '../../sim/model/state.ts';
import { openChannels } from '../../src/observe/endpoints/channels.ts';
import { openEndpointPool } from '../../src/observe/endpoints/pool.ts';
import { nodeFacetNames } from '../../src/observe/facets/table.ts';
import { openKubernetes } from '../../src/observe/kubernetes/observer.ts';
import { openObserver } from '../../src/observe/observer.ts';
import type { Snapshot } from '../../src/observe/snapshot.ts';
import { optionsFor } from '../gate/simulated.ts';

async function withRounds(
  cluster: SimulatedCluster,
  run: (round: () => Promise<Snapshot>) => Promise<void>,
): Promise<void> {
  const options = await optionsFor(cluster, {});
  using channels = openChannels(options.endpoints, options.context);
  using kubernetes = openKubernetes(options, () => undefined, new Set());
  const limits = {
    rpcTimeout: options.rpcTimeout,
    deadline: Number.POSITIVE_INFINITY,
    signal: new AbortController().signal,
    now: Date.now,
  };
  const observer = openObserver(openEndpointPool(channels), options, kubernetes, new Set(nodeFacetNames));
  await run(() => observer.round(limits));
}

const extensionsOf = ({ nodes }: Snapshot): readonly string[] => {
  const found = nodes.find(({ node }) => node.name === 'worker-1')?.extensions;
  return found?.ok ? found.value.map(({ name }) => name) : ['not read'];
};

const memoryCalls = (cluster: SimulatedCluster): number =>
  cluster.calls
    .filter(({ node, method }) => node === 'worker-1' && method.endsWith('/Memory'))
    .reduce((sum, { count }) => sum + count, 0);

test('what changes only with a boot is read once a boot', async () => {
  await using cluster = await startCluster({ controlPlanes: 1, workers: 1 });
  await withRounds(cluster, async (round) => {
    assert.deepEqual(extensionsOf(await round()), ['iscsi-tools', 'schematic']);
    await cluster.change((state) => updateNode(state, 'worker-1', (node) => ({ ...node, extensions: [] })));
    assert.deepEqual(extensionsOf(await round()), ['iscsi-tools', 'schematic']);
    assert.equal(memoryCalls(cluster), 1);

    const { services } = cluster.state.nodes.find(({ name }) => name === 'worker-1') ?? { services: {} };
    await cluster.change((state) => updateNode(state, 'worker-1', (node) => ({ ...node, services: {} })));
    await cluster.change((state) => updateNode(state, 'worker-1', (node) => ({ ...node, services })));
    assert.deepEqual(extensionsOf(await round()), ['schematic']);
    assert.equal(memoryCalls(cluster), 2);
  });
});

test('a type that the version of Talos does not know is asked for once', async () => {
  await using cluster = await startCluster({ controlPlanes: 1, workers: 1, talosVersion: 'v1.13.9' });
  await withRounds(cluster, async (round) => {
    const answers = [await round(), await round()].map(({ nodes }) => nodes.map(({ rebootRequest }) => rebootRequest));
    assert.deepEqual(answers[0], answers[1]);
    assert.ok(answers[0]?.every((facet) => !facet.ok && facet.error.kind === 'unsupported-type'));
  });
});

test('the boot is told by its id, and before Talos 1.14 by its time', async () => {
  for (const [talosVersion, key] of [
    ['v1.14.0', 'id'],
    ['v1.13.9', 'at'],
  ] as const) {
    await using cluster = await startCluster({ controlPlanes: 1, workers: 1, talosVersion });
    await withRounds(cluster, async (round) => {
      const boots = async () => (await round()).nodes.map(({ boot }) => (boot.ok ? boot.value : boot.error));
      const before = await boots();
      assert.ok(
        before.every((boot) => key in boot),
        JSON.stringify(before),
      );
      await cluster.fault('rebooted', 'worker-1');
      const after = await boots();
      assert.deepEqual(after[0], before[0]);
      assert.notDeepEqual(after[1], before[1]);
    });
  }
});
