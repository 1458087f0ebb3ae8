import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type SimulatedCluster, startCluster } from '../../sim/cluster.ts';
import { registry } from '../../src/checks/registry.ts';
import { wantedFacets } from '../../src/checks/wanted-facets.ts';
import { openChannels } from '../../src/observe/endpoints/channels.ts';
import { openEndpointPool } from '../../src/observe/endpoints/pool.ts';
import { slowAge } from '../../src/observe/facets/definition.ts';
import { openKubernetes } from '../../src/observe/kubernetes/observer.ts';
import { type Observer, openObserver } from '../../src/observe/observer.ts';
import type { RoundLimits } from '../../src/observe/request.ts';
import { optionsFor } from '../gate/simulated.ts';

interface Played {
  readonly cluster: SimulatedCluster;
  readonly observer: Observer;
  /** The limits of an observation this many milliseconds from now. */
  limits(later?: number): RoundLimits;
  /** The calls to a node since the last time, by method. */
  calls(node: string): ReadonlyMap<string, number>;
}

interface Play {
  readonly controlPlanes: number;
  readonly workers: number;
  readonly inputs?: Readonly<Record<string, string>>;
}

async function play({ inputs = {}, ...size }: Play, run: (played: Played) => Promise<void>) {
  await using cluster = await startCluster(size);
  const options = await optionsFor(cluster, { inputs });
  using channels = openChannels(options.endpoints, options.context);
  using kubernetes = openKubernetes(options, () => undefined, new Set());
  const { rpcTimeout } = options;
  const signal = new AbortController().signal;
  const pool = openEndpointPool(channels);
  await run({
    cluster,
    observer: openObserver(pool, options, kubernetes, wantedFacets(registry, options)),
    limits: (later = 0) => ({
      rpcTimeout,
      deadline: Number.POSITIVE_INFINITY,
      signal,
      now: () => Date.now() + later,
    }),
    calls: (name) => {
      const own = cluster.calls.filter(({ node }) => node === name);
      const byMethod = Map.groupBy(own, ({ method }) => method.split('/').at(-1) ?? '');
      return new Map([...byMethod].map(([method, all]) => [method, all.reduce((sum, { count }) => sum + count, 0)]));
    },
  });
}

const total = (calls: ReadonlyMap<string, number>): number =>
  [...calls.values()].reduce((sum, count) => sum + count, 0);

test('a whole round costs at most 13 calls a worker and 17 a control plane, after what changes slowly is known', async () => {
  await play({ controlPlanes: 3, workers: 2 }, async ({ cluster, observer, limits, calls }) => {
    // The first rounds also open connections to the endpoints.
    await observer.round(limits());
    await observer.round(limits());
    cluster.resetCalls();
    await observer.round(limits());
    const most = { worker: 13, controlplane: 17 };
    for (const { name, role } of cluster.nodes) {
      assert.ok(total(calls(name)) <= most[role], `${name}: ${JSON.stringify([...calls(name)])}`);
    }
  });
});

test('what changes slowly is read again when it is old, and when its node is polled', async () => {
  await play({ controlPlanes: 1, workers: 1 }, async ({ cluster, observer, limits, calls }) => {
    const mounts = (): number => calls('worker-1').get('Mounts') ?? 0;
    const { cluster: found } = await observer.round(limits());
    await observer.round(limits());
    assert.equal(mounts(), 1);
    const worker = found.nodes.find(({ name }) => name === 'worker-1');
    assert.ok(worker);
    await observer.node(worker, limits());
    assert.equal(mounts(), 2);
    await observer.round(limits(slowAge + 1));
    assert.equal(mounts(), 3);
    assert.ok(cluster.nodes.length === 2);
  });
});

test('the first round of a large cluster costs at most 15 calls a worker: what is rare is asked of one', async () => {
  await play({ controlPlanes: 1, workers: 11 }, async ({ cluster, observer, limits, calls }) => {
    await observer.round(limits());
    const workers = cluster.nodes.filter(({ role }) => role === 'worker').map(({ name }) => total(calls(name)));
    const [most = 0, ...others] = workers.toSorted((one, other) => other - one);
    assert.ok(
      others.every((count) => count <= 15),
      workers.join(' '),
    );
    assert.ok(most > 15);
  });
});

test('what only a check reads that is left out is not asked', async () => {
  const inputs = { checks: '{disk-usage: skip, clock: skip}' };
  await play({ controlPlanes: 1, workers: 1, inputs }, async ({ observer, limits, calls }) => {
    await observer.round(limits());
    const asked = calls('worker-1');
    assert.deepEqual([asked.get('Mounts'), asked.get('Time'), asked.get('Memory')], [undefined, undefined, 1]);
  });
});

test('of a large cluster, a node whose time server does not answer is asked for the error of its clock', async () => {
  await play({ controlPlanes: 1, workers: 11 }, async ({ cluster, observer, limits }) => {
    await cluster.fault('time-server-unreachable', 'worker-7');
    await cluster.fault('clock-uncertain', 'worker-7');
    const { nodes } = await observer.round(limits());
    const errors = nodes.flatMap(({ node, clockError }) => (clockError.ok ? [[node.name, clockError.value]] : []));
    assert.deepEqual(
      errors.filter(([, error]) => error !== 0),
      [['worker-7', 16_000]],
    );
    assert.equal(errors.length, 12);
  });
});

test('of a large cluster without RAID, a node with other volumes is asked for its own', async () => {
  await play({ controlPlanes: 1, workers: 11 }, async ({ cluster, observer, limits }) => {
    await cluster.fault('volume-failed', 'worker-7');
    await cluster.fault('raid-degraded', 'worker-7');
    await observer.round(limits());
    const { nodes } = await observer.round(limits(slowAge + 1));
    const asked = nodes.filter(({ storage }) => storage.ok).map(({ node }) => node.name);
    assert.equal(asked.length, 3);
    assert.ok(asked.includes('worker-7'));
  });
});

test('of a large cluster without SideroLink, one node of each role is asked for it, and the others say so; with it, each node is', async () => {
  await play({ controlPlanes: 1, workers: 11 }, async ({ cluster, observer, limits, calls }) => {
    let rounds = 0;
    const lists = async (): Promise<number> => {
      rounds += 1;
      cluster.resetCalls();
      await observer.round(limits(rounds * (slowAge + 1)));
      return cluster.nodes.reduce((sum, { name }) => sum + (calls(name).get('List') ?? 0), 0);
    };
    await lists();
    const without = await lists();
    const answers = observer.latest().nodes.map(({ siderolink }) => siderolink);
    assert.equal(answers.filter(({ ok }) => ok).length, 2);
    assert.ok(answers.every((one) => one.ok || /worker-\d+ has nothing of the kind/.test(one.error.message)));
    for (const { name, role } of cluster.nodes) {
      if (role === 'worker') {
        await cluster.fault('siderolink-down', name);
      }
    }
    assert.equal((await lists()) - without, 10);
    const { nodes } = observer.latest();
    assert.ok(
      nodes.every(
        ({ node, siderolink }) => node.role === 'controlplane' || (siderolink.ok && siderolink.value.length === 1),
      ),
    );
  });
});
