import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { startCluster } from '../../../sim/cluster.ts';
import { MachineService } from '../../../sim/gen/machine/machine_pb.ts';
import { connect } from '../client.ts';
import { ManualClock } from '../manual-clock.ts';

const { version } = MachineService.method;
const refused = { code: 'PERMISSION_DENIED', message: 'not authorized', messages: [] };

describe('an apid that has just started', () => {
  it('is refused whatever it asks, whoever asks it, and only on its own machine', async () => {
    await using cluster = await startCluster();
    await cluster.fault('apid-starting', 'cp-1');
    for (const role of ['os:reader', 'os:admin'] as const) {
      using client = connect(cluster, role);
      assert.deepEqual(await client.call(version, {}), refused);
      await client.ask(version, {}, { node: 'cp-2' });
      using other = connect(cluster, role, { through: 'cp-2' });
      assert.deepEqual(await other.call(version, {}, { node: 'cp-1' }), refused);
    }
  });

  it('is well after a time, if the fault says so', async () => {
    const clock = new ManualClock();
    await using cluster = await startCluster({}, { clock });
    await cluster.fault('apid-starting', 'cp-1', { seconds: 6 });
    using client = connect(cluster);
    clock.advance(5999);
    assert.deepEqual(await client.call(version, {}), refused);
    clock.advance(1);
    await client.ask(version, {});
  });
});

describe('a machine that is slow', () => {
  it('takes its time for every call, and the others do not', async () => {
    const clock = new ManualClock();
    await using cluster = await startCluster({}, { clock });
    await cluster.fault('node-slow', 'worker-1', { milliseconds: 1200 });
    using client = connect(cluster);
    await client.ask(version, {}, { node: 'worker-2' });
    assert.equal((await client.call(version, {}, { node: 'worker-1', timeoutMs: 100 })).code, 'DEADLINE_EXCEEDED');
    const slow = client.ask(version, {}, { node: 'worker-1' });
    while (cluster.calls.every(({ node, count }) => node !== 'worker-1' || count < 2)) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    await new Promise((resolve) => setImmediate(resolve));
    clock.advance(1200);
    await slow;
  });

  it('may run another version than the rest', async () => {
    await using cluster = await startCluster();
    await cluster.fault('other-talos-version', 'cp-1', { message: 'v1.13.9' });
    using client = connect(cluster);
    const tag = async (node: string) => (await client.ask(version, {}, { node })).messages[0]?.version?.tag;
    assert.deepEqual([await tag('cp-1'), await tag('cp-2')], ['v1.13.9', 'v1.14.0']);
  });
});
