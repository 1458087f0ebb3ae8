import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { faultChange } from '../../sim/faults/faults.ts';
import { Records } from '../../sim/records.ts';
import { World } from '../../sim/world.ts';
import { ManualClock } from './manual-clock.ts';
import { healthyCluster } from './model/cluster.ts';

const machineStatus = 'MachineStatuses.runtime.talos.dev';

function setUp(): { clock: ManualClock; world: World; records: Records } {
  const clock = new ManualClock(1_000_000);
  const world = new World(healthyCluster(), clock);
  return { clock, world, records: new Records(world) };
}

describe('the model over time', () => {
  it('a hung etcd stays healthy for 17 s', () => {
    const { clock, world, records } = setUp();
    const health = () => records.services('cp-2').find(({ id }) => id === 'etcd')?.health;
    const heal = world.addFault(faultChange(world.state, 'etcd-hung', 'cp-2', {}));
    clock.advance(16_999);
    assert.equal(health(), 'healthy');
    clock.advance(1);
    assert.equal(health(), 'unhealthy');
    heal();
    assert.equal(health(), 'healthy');
    clock.advance(60_000);
    assert.equal(health(), 'healthy');
  });

  it('a resource has versions and timestamps', () => {
    const { clock, world, records } = setUp();
    const status = () => records.store('cp-1', machineStatus).get(machineStatus, 'runtime', 'machine');
    assert.deepEqual([status()?.version, status()?.created, status()?.updated], [1, 1_000_000, 1_000_000]);
    clock.advance(500);
    const heal = world.addFault(faultChange(world.state, 'booting', 'cp-1', {}));
    assert.deepEqual([status()?.version, status()?.created, status()?.updated], [2, 1_000_000, 1_000_500]);
    world.addFault(faultChange(world.state, 'node-dead', 'cp-3', {}));
    assert.equal(status()?.version, 2);
    heal();
    assert.equal(status()?.version, 3);
  });

  it('a watcher receives only the events of its type', () => {
    const { world, records } = setUp();
    const heard: string[] = [];
    const stop = records.watch('worker-1', 'Services.v1alpha1.talos.dev', ({ kind, resource }) =>
      heard.push(`${kind} ${resource.id}`),
    );
    const heal = world.addFault(faultChange(world.state, 'kubelet-failed', 'worker-1', {}));
    world.addFault(faultChange(world.state, 'kubelet-failed', 'worker-2', {}));
    heal();
    stop();
    world.addFault(faultChange(world.state, 'kubelet-failed', 'worker-1', {}));
    assert.deepEqual(heard, ['destroyed kubelet', 'created kubelet']);
  });

  it('a waiter is resolved or aborted', async () => {
    const { clock, world } = setUp();
    const controller = new AbortController();
    const dead = world.until((state) => state.nodes.some(({ presence }) => presence === 'dead'), controller.signal);
    world.addFault(faultChange(world.state, 'node-dead', 'cp-3', {}));
    await dead;
    const never = world.until(() => false, controller.signal);
    const asleep = world.sleep(1000, controller.signal);
    clock.advance(1000);
    await asleep;
    controller.abort();
    await never;
  });
});
