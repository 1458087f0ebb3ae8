import type { ClusterDependencies, SimulatedCluster } from '../cluster.ts';
import type { Scenario } from '../model/scenario.ts';
import { updateNode } from '../model/state.ts';
import type { TalosconfigOptions } from '../pki/authorities.ts';
import type { Upgrade } from '../upgrade.ts';

/** A cluster in a certain condition, to be shown. */
export interface NamedScenario {
  /** One sentence. */
  readonly description: string;
  readonly cluster?: Partial<Scenario>;
  readonly dependencies?: ClusterDependencies;
  /** What happens to the cluster after it was started. */
  play?(cluster: SimulatedCluster): Promise<void>;
  /** How the talosconfig for the gate differs from a good one. */
  talosconfig?(cluster: SimulatedCluster): TalosconfigOptions;
  /** Further inputs of the gate. */
  readonly inputs?: Readonly<Record<string, string>>;
}

/** A cluster of v1.14.1 whose last worker is upgraded to it. */
function upgrading(description: string, upgrade: Omit<Upgrade, 'to'>): NamedScenario {
  const to = 'v1.14.1';
  return {
    description,
    cluster: { talosVersion: to },
    play: async (cluster) => {
      await cluster.change((state) => updateNode(state, 'worker-2', (node) => ({ ...node, talosVersion: 'v1.14.0' })));
      cluster.upgrade('worker-2', { to, ...upgrade });
    },
    inputs: { 'expected-talos-version': to },
  };
}

const workersOf = (cluster: SimulatedCluster) =>
  cluster.nodes.filter(({ role }) => role === 'worker').map(({ endpoint }) => endpoint);

const table = {
  bootstrap: {
    description: 'Three control planes and two workers are switched on and become a cluster.',
    cluster: { start: 'powered-off' },
    play: async (cluster) => cluster.bootstrap(),
  },
  healthy: { description: 'Three control planes and two workers, all well.' },
  omni: {
    description: 'Sidero Omni manages the cluster: the gate has a service account, and no certificate.',
    cluster: { omni: true },
  },
  'single-node': {
    description: 'One control plane and nothing else, switched on a moment ago.',
    cluster: { controlPlanes: 1, workers: 0, start: 'powered-off' },
    play: async (cluster) => cluster.bootstrap(),
  },
  'not-bootstrapped': {
    description: 'Nobody has bootstrapped the cluster: etcd waits on every control plane.',
    play: async (cluster) => void (await cluster.fault('not-bootstrapped')),
  },
  'dead-worker': {
    description: 'A worker is powered off.',
    play: async (cluster) => void (await cluster.fault('node-dead', 'worker-2')),
  },
  'dead-control-plane': {
    description: 'One of three control planes is powered off; etcd keeps its quorum.',
    play: async (cluster) => void (await cluster.fault('node-dead', 'cp-3')),
  },
  'frozen-node': {
    description: 'A worker accepts connections and never answers.',
    play: async (cluster) => void (await cluster.fault('node-frozen', 'worker-1')),
  },
  'lost-quorum': {
    description: 'Two of three control planes are powered off, and with them the quorum of etcd.',
    play: async (cluster) => void (await cluster.fault('lost-quorum')),
  },
  'etcd-hung': {
    description: 'etcd on one control plane runs and does nothing.',
    play: async (cluster) => void (await cluster.fault('etcd-hung', 'cp-2')),
  },
  'etcd-alarm': {
    description: 'The database of one etcd member is full: the cluster takes no more writes.',
    play: async (cluster) => void (await cluster.fault('etcd-alarm-nospace', 'cp-2')),
  },
  'kubelet-failed': {
    description: 'The kubelet of a worker cannot be pulled.',
    play: async (cluster) => void (await cluster.fault('kubelet-failed', 'worker-1')),
  },
  'crash-loop': {
    description: 'The scheduler of one control plane crashes again and again.',
    play: async (cluster) => void (await cluster.fault('scheduler-crash-loop', 'cp-2')),
  },
  'cni-missing': {
    description: 'There is no pod network: every node is NotReady.',
    play: async (cluster) => void (await cluster.fault('cni-missing')),
  },
  cordoned: {
    description: 'Somebody cordoned a worker and forgot it.',
    play: async (cluster) => void (await cluster.fault('node-cordoned', 'worker-1')),
  },
  maintenance: {
    description: 'A worker lost its configuration and waits in maintenance mode.',
    play: async (cluster) => void (await cluster.fault('node-maintenance', 'worker-2')),
  },
  healing: {
    description: 'A worker is powered off and comes back after ten seconds.',
    play: async (cluster) => {
      const fault = await cluster.fault('node-dead', 'worker-2');
      cluster.at(10_000, () => void fault.heal());
    },
  },
  upgrade: upgrading('A worker is upgraded to the version of the others: it reboots, and confirms its boot.', {}),
  'upgrade-staged': upgrading('An upgrade of a worker is staged, and nobody reboots the worker.', {
    staged: true,
    outcome: 'not-rebooted',
  }),
  'upgrade-rolled-back': upgrading('A worker does not boot the new version, and goes back to the one before.', {
    outcome: 'falls-back',
  }),
  'worker-endpoint': {
    description: 'The talosconfig names a worker as its only endpoint; workers do not forward.',
    talosconfig: (cluster) => ({ endpoints: workersOf(cluster).slice(0, 1) }),
  },
  'expired-certificate': {
    description: "The talosconfig's certificate has expired.",
    talosconfig: () => ({ validity: 'expired' }),
  },
  'wrong-cluster': {
    description: 'The talosconfig is one of another cluster.',
    talosconfig: () => ({ signedBy: 'stranger', trusts: 'stranger' }),
  },
} as const satisfies Record<string, NamedScenario>;

export type ScenarioName = keyof typeof table;

/** What `talos-health demo` can show, by name. */
export const scenarios: Readonly<Record<ScenarioName, NamedScenario>> = table;
