import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type FaultName, faultChange, faults } from '../../sim/faults/faults.ts';
import { World } from '../../sim/world.ts';
import { ManualClock } from './manual-clock.ts';
import { healthyCluster } from './model/cluster.ts';

const names = Object.keys(faults).filter((name): name is FaultName => name in faults);

describe('faults', () => {
  for (const name of names) {
    const { target, description } = faults[name];

    it(`${name} changes the cluster, and healing restores it`, () => {
      const healthy = healthyCluster({ vip: true });
      const world = new World(healthy, new ManualClock());
      const heal = world.addFault(faultChange(healthy, name, target === 'cluster' ? undefined : 'cp-2', {}));
      assert.notDeepEqual(world.state, healthy);
      heal();
      assert.deepEqual(world.state, healthy);
      assert.match(description, /^\S[^\n]*\.$/);
    });
  }

  it('reject an unsuitable target', () => {
    const state = healthyCluster();
    assert.throws(() => faultChange(state, 'etcd-hung', 'worker-1', {}), {
      message: 'the fault etcd-hung falls on a control plane: worker-1 is a worker',
    });
    assert.throws(() => faultChange(state, 'cni-missing', 'cp-1', {}), {
      message: 'the fault cni-missing falls on the whole cluster: it takes no node, but was given cp-1',
    });
    assert.throws(() => faultChange(state, 'node-dead', undefined, {}), {
      message: 'the fault node-dead falls on a node: name the node',
    });
    assert.throws(() => faultChange(state, 'node-dead', 'cp-9', {}), {
      message: 'no node "cp-9" in the simulated cluster: it has cp-1, cp-2, cp-3, worker-1, worker-2',
    });
  });

  it('can be combined and healed in any order', () => {
    const healthy = healthyCluster();
    const world = new World(healthy, new ManualClock());
    const first = world.addFault(faultChange(healthy, 'node-cordoned', 'cp-1', {}));
    const second = world.addFault(faultChange(healthy, 'node-dead', 'cp-1', {}));
    assert.deepEqual([world.node('cp-1').presence, world.node('cp-1').kubernetes.unschedulable], ['dead', true]);
    first();
    assert.deepEqual([world.node('cp-1').presence, world.node('cp-1').kubernetes.unschedulable], ['dead', false]);
    second();
    assert.deepEqual(world.state, healthy);
  });
});
