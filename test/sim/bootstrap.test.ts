import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { bootstrapSteps } from '../../sim/bootstrap.ts';
import { etcdView } from '../../sim/model/etcd.ts';
import { poweredOffCluster, runningCluster } from '../../sim/model/initial.ts';
import { machineStatus } from '../../sim/model/machine-status.ts';
import { defineScenario, nodeNames, type Scenario } from '../../sim/model/scenario.ts';
import { World } from '../../sim/world.ts';
import { ManualClock } from './manual-clock.ts';

function bootstrapped(overrides: Partial<Scenario> = {}): { clock: ManualClock; world: World; running: unknown } {
  const scenario = defineScenario({ ...overrides, start: 'powered-off' });
  const addresses = new Map(nodeNames(scenario).map(({ name }, index) => [name, `10.5.0.${index + 1}`]));
  const clock = new ManualClock(0);
  const world = new World(poweredOffCluster(scenario, addresses), clock);
  for (const { at, change } of bootstrapSteps(world.state)) world.after(at, () => world.change(change));
  return { clock, world, running: runningCluster(scenario, addresses) };
}

describe('a bootstrap', () => {
  for (const overrides of [
    {},
    { controlPlanes: 1, workers: 0 },
    { kubernetes: false },
    { platform: { name: 'container', mode: 'container' } },
  ] satisfies Partial<Scenario>[]) {
    it(`ends in the running cluster: ${JSON.stringify(overrides)}`, () => {
      const { clock, world, running } = bootstrapped(overrides);
      clock.advance(20_000);
      assert.deepEqual(world.state, running);
      assert.equal(world.trouble.size, 0);
    });
  }

  it('goes in the order of a real one', () => {
    const { clock, world } = bootstrapped();
    const seen: string[] = [];
    const note = (what: string, holds: boolean) => {
      if (holds && !seen.includes(what)) seen.push(what);
    };
    world.onChange(() => {
      const { state } = world;
      const first = world.node('cp-1');
      note('API answers', first.presence === 'up');
      note('discovered', first.discovered);
      note('etcd waits', first.services['cri']?.state === 'Running' && first.etcd.state === 'waiting');
      note('kubelet runs', first.services['kubelet']?.state === 'Running');
      note('etcd has a leader', etcdView(state).hasQuorum);
      note('stage running', first.stage === 'running');
      note(
        'a learner joins',
        state.etcd.members.some(({ learner }) => learner),
      );
      note('static pods wanted', Object.keys(first.staticPods).length > 0);
      note('three voters', state.etcd.members.filter(({ learner }) => !learner).length === 3);
      note('API server ready', first.staticPods['kube-apiserver'] === 'ready');
      note('node registered', first.kubernetes.registered);
      note('worker registered', world.node('worker-1').kubernetes.registered);
      note('machine ready', machineStatus(state, first, world.trouble).ready && first.stage === 'running');
    });
    clock.advance(20_000);
    assert.deepEqual(seen, [
      'API answers',
      'etcd waits',
      'discovered',
      'kubelet runs',
      'etcd has a leader',
      'stage running',
      'a learner joins',
      'static pods wanted',
      'three voters',
      'API server ready',
      'node registered',
      'worker registered',
      'machine ready',
    ]);
  });
});
