import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { runningCluster } from '../../sim/model/initial.ts';
import type { NodeState } from '../../sim/model/node-state.ts';
import { defineScenario, nodeNames } from '../../sim/model/scenario.ts';
import { play, rebootSteps, type Upgrade, upgradeSteps } from '../../sim/upgrade.ts';
import { World } from '../../sim/world.ts';
import { ManualClock } from './manual-clock.ts';

const scenario = defineScenario();
const running = runningCluster(
  scenario,
  new Map(nodeNames(scenario).map(({ name }, index) => [name, `10.5.0.${index + 1}`])),
);

/** What a reader could see, one word a change. */
function seen({ presence, stage, talosVersion = 'v1.14.0', boots, upgrade }: NodeState): string {
  const meta = upgrade.staged === undefined ? (upgrade.fallback === undefined ? '' : ' armed') : ' staged';
  return presence === 'up' ? `${stage} ${talosVersion} boot ${boots}${meta}` : `down${meta}`;
}

async function played(name: string, steps: (world: World) => Parameters<typeof play>[2]) {
  const clock = new ManualClock(0);
  const world = new World(running, clock);
  const states = [seen(world.node(name))];
  world.onChange(() => {
    const now = seen(world.node(name));
    if (now !== states.at(-1)) states.push(now);
  });
  play(world, name, steps(world));
  for (let second = 0; second < 30; second += 1) {
    clock.advance(1000);
    await Promise.resolve();
  }
  return { states, node: world.node(name), world };
}

const upgraded = (name: string, upgrade: Upgrade) => played(name, ({ state }) => upgradeSteps(state, name, upgrade));
const to = 'v1.14.1';

describe('an upgrade', () => {
  for (const name of ['cp-2', 'worker-1']) {
    it(`of ${name} installs, reboots, and disarms the fallback when the machine is ready`, async () => {
      const { states, node } = await upgraded(name, { to });
      assert.deepEqual(states, [
        'running v1.14.0 boot 1',
        'upgrading v1.14.0 boot 1',
        'down armed',
        'booting v1.14.1 boot 2 armed',
        'running v1.14.1 boot 2 armed',
        'running v1.14.1 boot 2',
      ]);
      const before = running.nodes.find((one) => one.name === name);
      assert.deepEqual(node, { ...before, talosVersion: to, boots: 2 });
    });
  }

  it('that does not boot goes back, which disarms the fallback', async () => {
    const { states } = await upgraded('worker-1', { to, outcome: 'falls-back' });
    assert.deepEqual(states, [
      'running v1.14.0 boot 1',
      'upgrading v1.14.0 boot 1',
      'down armed',
      'booting v1.14.1 boot 2 armed',
      'down',
      'booting v1.14.0 boot 3',
      'running v1.14.0 boot 3',
    ]);
  });

  it('that is staged is installed by a boot of the version before', async () => {
    const { states } = await upgraded('worker-1', { to, staged: true });
    assert.deepEqual(states, [
      'running v1.14.0 boot 1',
      'running v1.14.0 boot 1 staged',
      'rebooting v1.14.0 boot 1 staged',
      'down staged',
      'booting v1.14.0 boot 2',
      'down armed',
      'booting v1.14.1 boot 3 armed',
      'running v1.14.1 boot 3 armed',
      'running v1.14.1 boot 3',
    ]);
  });

  it('that nobody reboots changes nothing that Talos tells, unless it is staged', async () => {
    assert.deepEqual((await upgraded('worker-1', { to, outcome: 'not-rebooted' })).states, ['running v1.14.0 boot 1']);
    const { node } = await upgraded('worker-1', { to, staged: true, outcome: 'not-rebooted' });
    assert.equal(node.upgrade.staged, 'ghcr.io/siderolabs/installer:v1.14.1');
  });

  it('stays unconfirmed while the machine is not ready', async () => {
    const { states } = await played('worker-1', (world) => {
      world.addFault((state) => ({
        ...state,
        nodes: state.nodes.map((node) =>
          node.name === 'worker-1' ? { ...node, unmet: [{ name: 'time', reason: 'time is not synced' }] } : node,
        ),
      }));
      return upgradeSteps(world.state, 'worker-1', { to });
    });
    assert.equal(states.at(-1), 'running v1.14.1 boot 2 armed');
  });
});

describe('a reboot', () => {
  it('ends in the same machine, booted once more', async () => {
    for (const name of ['cp-1', 'worker-2']) {
      const { states, node } = await played(name, ({ state }) => rebootSteps(state, name));
      assert.deepEqual(states, [
        'running v1.14.0 boot 1',
        'rebooting v1.14.0 boot 1',
        'down',
        'booting v1.14.0 boot 2',
        'running v1.14.0 boot 2',
      ]);
      assert.deepEqual(
        { ...node, boots: 1 },
        { ...running.nodes.find((one) => one.name === name), talosVersion: 'v1.14.0' },
      );
    }
  });
});
