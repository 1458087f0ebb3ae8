import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type SimulatedCluster, startCluster } from '../../sim/cluster.ts';
import type { Scenario } from '../../sim/model/scenario.ts';
import { recorded } from '../fixtures/recorded.ts';
import { type Cast, expected, type Played, replay } from './replay.ts';

const cast: Cast = {
  '10.77.0.11': 'cp-1',
  '10.77.0.12': 'cp-2',
  '10.77.0.13': 'cp-3',
  '10.77.0.21': 'worker-1',
};

/** As the recorded cluster: in containers, and without Kubernetes. */
const scenario: Partial<Scenario> = {
  workers: 1,
  kubernetes: false,
  platform: { name: 'container', mode: 'container' },
  talosVersion: 'v1.14.0-beta.1',
  etcdHealthLagMs: 0,
};

/** Recorded calls to what is not simulated, has YAML alone here, or lies outside of the cluster. */
const apart = /SystemStat|SecurityState|Get-NetworkStatus|Get-Hostname|-hostname$|-unresolvable$|direct-dead/;

/** What real nodes tell besides: columns of tables, rare aliases, and all the details of a static pod. */
const untold = /yamlSpec\.(printColumns|skipAutomaticAliases|spec\.|metadata\.(labels|annotations)\.)/;

const told = ({ fields, ...outcome }: Played): Played => ({
  ...outcome,
  fields: fields.filter((field) => !untold.test(field)),
});

interface Situation {
  readonly file: string;
  readonly scenario: Partial<Scenario>;
  readonly cast: Cast;
  readonly calls: RegExp;
  play(cluster: SimulatedCluster): Promise<unknown>;
}

/** The recorded clusters with Kubernetes: three control planes whose kubelets cannot start, and a worker. */
const duringBoot: Partial<Scenario> = { ...scenario, kubernetes: true, talosVersion: 'v1.13.9' };
const bootingCast: Cast = {
  '10.77.0.41': 'cp-1',
  '10.77.0.42': 'cp-2',
  '10.77.0.43': 'cp-3',
  '10.77.0.44': 'worker-1',
  d1: 'cp-1',
  d2: 'cp-2',
  d3: 'cp-3',
  dw: 'worker-1',
};

async function crashLoopsWhileBooting(cluster: SimulatedCluster): Promise<void> {
  for (const { name } of cluster.nodes) await cluster.fault('kubelet-crash-loop-booting', name);
}

const nothing = async () => undefined;

const situations: readonly Situation[] = [
  { file: 'healthy', scenario, cast, calls: /./, play: nothing },
  { file: 'control-plane-killed', scenario, cast, calls: /./, play: (cluster) => cluster.fault('node-dead', 'cp-3') },
  {
    file: 'behind-endpoint-refused',
    scenario,
    cast,
    calls: /./,
    play: (cluster) => cluster.fault('node-dead', 'cp-3'),
  },
  {
    file: 'behind-endpoint-no-route',
    scenario,
    cast: { ...cast, '10.77.0.97': 'cp-2' },
    calls: /./,
    play: (cluster) => cluster.fault('node-no-route', 'cp-2'),
  },
  {
    file: 'behind-endpoint-frozen',
    scenario,
    cast,
    calls: /-(node|only)-dead|only/,
    play: (cluster) => cluster.fault('node-frozen', 'cp-3'),
  },
  { file: 'etcd-hung-on-one', scenario, cast, calls: /./, play: (cluster) => cluster.fault('etcd-hung', 'cp-2') },
  {
    file: 'kubelet-missing',
    scenario: { ...scenario, kubernetes: true, controlPlanes: 1, workers: 0 },
    cast: { '10.77.0.31': 'cp-1', k1: 'cp-1' },
    calls: /^running/,
    play: async (cluster) => {
      await cluster.fault('kubelet-failed', 'cp-1');
      await cluster.fault('node-unregistered', 'cp-1');
    },
  },
  {
    file: 'kubelet-missing',
    scenario: { ...scenario, kubernetes: true, controlPlanes: 1, workers: 0 },
    cast: { '10.77.0.31': 'cp-1', k1: 'cp-1' },
    calls: /^booting/,
    play: async (cluster) => {
      await cluster.fault('not-bootstrapped');
      await cluster.fault('service-waiting', 'cp-1');
    },
  },
  {
    file: 'etcd-member-removed-1.13.9',
    scenario: duringBoot,
    cast: bootingCast,
    calls: /./,
    play: async (cluster) => {
      await crashLoopsWhileBooting(cluster);
      await cluster.fault('etcd-member-expelled', 'cp-3');
    },
  },
  {
    file: 'v1.13.9-kubelet-crashloop-waiting',
    scenario: duringBoot,
    cast: bootingCast,
    calls: /./,
    play: crashLoopsWhileBooting,
  },
  {
    file: 'k8s-apiserver-hung',
    scenario: { ...scenario, kubernetes: true, talosVersion: 'v1.13.9' },
    cast: { '10.77.0.51': 'cp-1', '10.77.0.52': 'cp-2', '10.77.0.53': 'cp-3', k1: 'cp-1', k2: 'cp-2', k3: 'cp-3' },
    // the rest holds more of Kubernetes than is simulated
    calls:
      /reader-(Version|ServiceList|Services|Members|Endpoints|Etcd.*|MachineStatus|StaticPods|Memory|Info|Time|Nodename)$/,
    play: (cluster) => cluster.fault('apiserver-hangs', 'cp-3'),
  },
  {
    file: 'k8s-apiserver-ready-kubelet-not-registered',
    scenario: { ...scenario, kubernetes: true, controlPlanes: 1, workers: 0 },
    cast: { '10.77.0.71': 'cp-1', k9: 'cp-1' },
    calls: /./,
    play: (cluster) => cluster.fault('node-unregistered', 'cp-1'),
  },
];

for (const { file, calls, play, ...situation } of situations) {
  describe(`${file} (${calls.source}): the simulated cluster answers as the recorded one`, () => {
    let cluster: SimulatedCluster;
    before(async () => {
      cluster = await startCluster(situation.scenario);
      await play(cluster);
    });
    after(() => cluster.stop());

    for (const call of recorded(file).filter(({ name }) => calls.test(name) && !apart.test(name))) {
      it(call.name, async () => {
        const wanted = expected(call, cluster, situation.cast);
        // the recording client gave up, with one word or the other
        const hangs = wanted.code === 'DEADLINE_EXCEEDED' || wanted.message === 'Call cancelled';
        const left = call.method.endsWith('/Watch');
        const got = await replay(call, cluster, situation.cast, hangs && !left ? 300 : 5000);
        if (left && hangs) {
          // it was left, not ended
          assert.deepEqual([got.code, got.fields], ['CANCELLED', wanted.fields]);
        } else if (hangs) {
          assert.equal(got.code, 'DEADLINE_EXCEEDED');
        } else {
          assert.deepEqual(told(got), told(wanted));
        }
      });
    }
  });
}
