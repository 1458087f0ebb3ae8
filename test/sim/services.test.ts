import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { FaultArguments } from '../../sim/faults/fault.ts';
import { type FaultName, faultChange } from '../../sim/faults/faults.ts';
import { machineStatus } from '../../sim/model/machine-status.ts';
import { Records } from '../../sim/records.ts';
import { World } from '../../sim/world.ts';
import { ManualClock } from './manual-clock.ts';
import { healthyCluster } from './model/cluster.ts';

function faulty(name: FaultName, node: string, args: FaultArguments = {}) {
  const clock = new ManualClock(1_000_000);
  const world = new World(healthyCluster(), clock);
  const records = new Records(world);
  const heal = world.addFault(faultChange(world.state, name, node, args));
  const service = (id: string) => {
    const record = records.services(node).find((one) => one.id === id);
    assert.ok(record !== undefined);
    return record;
  };
  const status = () => machineStatus(world.state, world.node(node), world.trouble);
  return { clock, world, heal, service, status };
}

describe('a service in a restart loop', () => {
  it('waits, and runs for a moment every 5 s', () => {
    const { clock, service, status } = faulty('service-crash-loop', 'worker-1', { message: 'exit code 1' });
    const told = 'Error running Containerd(kubelet), going to restart forever: exit code 1';
    assert.deepEqual([service('kubelet').state, service('kubelet').events.at(-1)?.message], ['Waiting', told]);
    clock.advance(5000);
    assert.deepEqual([service('kubelet').state, service('kubelet').health], ['Running', 'unhealthy']);
    assert.match(service('kubelet').events.at(-1)?.message ?? '', /^Started task kubelet/);
    clock.advance(300);
    assert.deepEqual(
      service('kubelet')
        .events.slice(-3)
        .map(({ state, at }) => [state, at]),
      [
        ['Waiting', 1_000_000],
        ['Running', 1_005_000],
        ['Waiting', 1_005_300],
      ],
    );
    assert.match(status().unmetConditions[0]?.reason ?? '', /kubelet not running/);
  });

  it('is as before when it is healed, in the middle of an attempt too', () => {
    const { clock, world, heal, service } = faulty('service-crash-loop', 'worker-1');
    clock.advance(5100);
    heal();
    assert.deepEqual([service('kubelet').state, service('kubelet').health], ['Running', 'healthy']);
    assert.deepEqual(world.state, healthyCluster());
  });

  it('may be one of an extension, and quotes the last line of its log', () => {
    const { service } = faulty('service-crash-loop', 'worker-1', { service: 'ext-tailscale' });
    assert.match(
      service('ext-tailscale').message,
      /^Error running Containerd\(ext-tailscale\), going to restart forever: task "ext-tailscale" failed: exit code 1 \(last log "\{\\"ts\\":.*\}"\)$/,
    );
  });
});

describe('a member that was removed from etcd while its machine lives', () => {
  it('is started again and again, and Talos has nothing to say of it for moments', () => {
    const { clock, service, status } = faulty('etcd-member-expelled', 'cp-3');
    const seen = () => {
      const { state, health } = service('etcd');
      return [state, health, status().unmetConditions.find(({ name }) => name === 'services')?.reason];
    };
    assert.deepEqual(seen(), ['Waiting', 'unhealthy', 'etcd not running']);
    assert.equal(service('etcd').message, 'Runner Containerd(etcd) exited without error, going to restart it');
    clock.advance(5000);
    assert.deepEqual(seen(), ['Running', 'healthy', undefined]);
    clock.advance(300);
    assert.deepEqual(seen(), ['Waiting', 'unhealthy', 'etcd not running']);
  });
});

describe('a machine that does not finish its boot', () => {
  it('waits for the path that a service of an extension waits for', () => {
    const { service, status } = faulty('extension-waits', 'worker-1');
    assert.equal(status().stage, 'booting');
    assert.equal(
      service('ext-qemu-guest-agent').events.at(-1)?.message,
      'Waiting for file "/dev/virtio-ports/org.qemu.guest_agent.0" to exist',
    );
  });
});
