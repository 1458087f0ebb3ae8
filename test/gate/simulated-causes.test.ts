import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { type SimulatedCluster, startCluster } from '../../sim/cluster.ts';
import type { Fault } from '../../sim/faults/fault.ts';
import { type FaultName, faults } from '../../sim/faults/faults.ts';
import { diagnose } from '../../src/diagnosis/diagnose.ts';
import { rules } from '../../src/diagnosis/rules.ts';
import { assertInWords } from '../builders/raw-errors.ts';
import { type Access, observeOnce } from './simulated.ts';

type Faults = readonly (readonly [fault: FaultName, node?: string])[];

/** Faults of a simulated cluster and the causes reported for them: `id nodes`, the first one to fix first. */
const rows: readonly (readonly [faults: Faults, causes: readonly string[]])[] = [
  [[['node-dead', 'cp-2']], ['dead-control-plane cp-2']],
  [[['node-dead', 'worker-1']], ['dead-worker worker-1']],
  [[['node-frozen', 'worker-1']], ['frozen-node worker-1']],
  [[['node-maintenance', 'worker-2']], ['maintenance worker-2']],
  [[['lost-quorum']], ['dead-control-plane cp-2,cp-3']],
  [[['etcd-partitioned']], ['lost-quorum cp-1,cp-2,cp-3']],
  [[['not-bootstrapped']], ['not-bootstrapped cp-1,cp-2,cp-3']],
  [[['cni-missing']], ['cni-missing cp-1,cp-2,cp-3,worker-1,worker-2']],
  [[['etcd-hung', 'cp-3']], ['etcd-hung cp-3']],
  [[['etcd-stopped', 'cp-3']], ['etcd-down cp-3']],
  [[['etcd-alarm-nospace', 'cp-2']], ['etcd-alarm cp-2']],
  [[['kubelet-failed', 'worker-1']], ['kubelet-down worker-1']],
  [[['disk-failed', 'worker-1']], ['volume worker-1']],
  [[['etcd-member-expelled', 'cp-2']], ['removed-member cp-2']],
  [[['etcd-cut-off', 'cp-2']], ['cut-off-member cp-2']],
  [[['etcd-learner', 'cp-3']], ['learner cp-3']],
  [[['etcd-extra-member']], ['stray-member cluster']],
  [[['disk-missing', 'worker-2']], ['volume worker-2']],
  [[['extension-waits', 'worker-1']], ['waiting-service worker-1']],
  [[['service-crash-loop', 'worker-1']], ['kubelet-down worker-1']],
  [[['apid-starting', 'worker-2']], ['starting-apid worker-2']],
  [[['clock-off', 'worker-1']], ['clock worker-1']],
  [[['network-unmet', 'worker-1']], ['network worker-1']],
  [[['bond-port-down', 'cp-2']], ['network cp-2']],
  [[['probe-failed', 'worker-1']], ['probes worker-1']],
  [[['volume-failed', 'worker-1']], ['volumes worker-1']],
  [[['volume-key-not-stored', 'worker-1']], ['volumes worker-1']],
  [[['raid-degraded', 'cp-2']], ['volumes cp-2']],
  [[['volume-group-partial', 'worker-2']], ['volumes worker-2']],
  [[['disk-full', 'worker-1']], ['disk-usage worker-1']],
  [[['kubespan-peer-down', 'worker-1']], ['kubespan worker-1']],
  [[['kubespan-on'], ['discovery-lacks', 'worker-1']], ['kubespan worker-1']],
  [[['kubespan-on'], ['node-dead', 'worker-1']], ['dead-worker worker-1']],
  [[['upgrade-unconfirmed', 'cp-1']], ['upgrade-confirmed cp-1']],
  [[['etcd-nearly-full', 'cp-1']], ['etcd-size cp-1']],
  [[['etcd-lags', 'cp-3']], ['etcd-size cp-3']],
  [[['kubeprism-cut-off', 'worker-1']], ['kubeprism worker-1']],
  [[['kubelet-other-version', 'worker-1']], ['version-skew cluster']],
  [
    [
      ['kubelet-crash-loop-booting', 'cp-1'],
      ['kubelet-crash-loop-booting', 'cp-2'],
      ['kubelet-crash-loop-booting', 'cp-3'],
    ],
    ['failed-service cp-1,cp-2,cp-3'],
  ],
  [
    [
      ['apiserver-crash-loop', 'cp-1'],
      ['apiserver-crash-loop', 'cp-2'],
      ['apiserver-crash-loop', 'cp-3'],
    ],
    ['api-servers-down cp-1,cp-2,cp-3'],
  ],
  [
    [
      ['booting', 'worker-1'],
      ['network-unmet', 'worker-1'],
    ],
    ['network-down worker-1'],
  ],
  [
    [
      ['node-dead', 'cp-2'],
      ['etcd-stopped', 'cp-3'],
    ],
    ['dead-control-plane cp-2', 'etcd-down cp-3'],
  ],
  [
    [
      ['node-dead', 'cp-2'],
      ['node-frozen', 'worker-1'],
    ],
    ['dead-control-plane cp-2', 'frozen-node worker-1'],
  ],
  [
    [['cni-missing'], ['node-dead', 'worker-2']],
    ['cni-missing cp-1,cp-2,cp-3,worker-1', 'dead-worker worker-2'],
  ],
  [
    [
      ['kubelet-failed', 'worker-1'],
      ['etcd-alarm-corrupt', 'cp-2'],
    ],
    ['etcd-alarm cp-2', 'kubelet-down worker-1'],
  ],
  [
    [
      ['time-unmet', 'worker-1'],
      ['scheduler-crash-loop', 'cp-1'],
    ],
    ['control-plane-components cp-1', 'clock-not-synchronised worker-1'],
  ],
];

let cluster: SimulatedCluster;
before(async () => {
  cluster = await startCluster({ etcdHealthLagMs: 60_000 });
});
after(() => cluster.stop());
afterEach(() => cluster.healAll());

async function causes(access?: Access, of = cluster): Promise<readonly string[]> {
  const { snapshot, findings } = await observeOnce(of, access);
  return diagnose(findings, snapshot).map(({ id, blames, nodes }) => `${id} ${nodes.join() || blames}`);
}

for (const [faults, expected] of rows) {
  test(faults.map(([fault, node = 'the cluster']) => `${fault} on ${node}`).join(', and '), async () => {
    for (const [fault, node] of faults) {
      await cluster.fault(fault, node);
    }
    assert.deepEqual(await causes(), expected);
  });
}

/** Each with a cluster of its own: the services remember for a while how often they were started again. */
const sandboxes: readonly (readonly [nodes: readonly string[], causes: readonly string[]])[] = [
  [['worker-1'], ['sandbox-down worker-1']],
  // etcd runs in the container runtime, too.
  [['cp-2'], ['sandbox-down cp-2']],
  [['cp-2', 'cp-3'], ['sandbox-down cp-2,cp-3']],
];

for (const [nodes, expected] of sandboxes) {
  test(`sandboxd-down on ${nodes.join(' and ')}`, async () => {
    await using own = await startCluster({ etcdHealthLagMs: 60_000 });
    for (const node of nodes) {
      await own.fault('sandboxd-down', node);
    }
    assert.deepEqual(await causes({ inputs: { 'rpc-timeout': '1s' } }, own), expected);
  });
}

test('sandboxd-down on cp-1, whose etcd Talos calls unhealthy by now', async () => {
  await using own = await startCluster({ etcdHealthLagMs: 0 });
  await own.fault('sandboxd-down', 'cp-1');
  assert.deepEqual(await causes({ inputs: { 'rpc-timeout': '1s' } }, own), ['sandbox-down cp-1']);
});

const callers: readonly (readonly [name: string, access: (of: SimulatedCluster) => Access, cause: string])[] = [
  ['a certificate without a role', () => ({ role: 'none' }), 'missing-role talosconfig'],
  ['an expired certificate', () => ({ talosconfig: { validity: 'expired' } }), 'stale-certificate talosconfig'],
  ['another cluster', () => ({ talosconfig: { signedBy: 'stranger', trusts: 'stranger' } }), 'wrong-ca talosconfig'],
  ['another CA for the client', () => ({ talosconfig: { signedBy: 'stranger' } }), 'unknown-client-ca talosconfig'],
  [
    'a worker as endpoint',
    ({ nodes }) => ({
      talosconfig: { endpoints: nodes.filter(({ role }) => role === 'worker').map(({ endpoint }) => endpoint) },
    }),
    'worker-endpoint endpoints',
  ],
];

for (const [name, access, cause] of callers) {
  test(name, async () => {
    assert.deepEqual(await causes(access(cluster)), [cause]);
  });
}

/** Played by Omni, by the clock of this machine, by the lists or addresses that are given, or by mode server. */
const playedElsewhere: ReadonlySet<string> = new Set([
  'server-role',
  'no-certificate',
  'omni-clock',
  'omni-account',
  'omni-cluster',
  'omni-upgrade',
  'wrong-clock',
  'node-clock',
  'no-endpoint',
  'wait-ended',
  'half-silent-node',
  'worker-as-control-plane',
  'unknown-machine',
  'unresolved-node',
]);

test('every cause has a fault of the simulated cluster', () => {
  const played = [...rows.flatMap(([, causes]) => causes), ...sandboxes.flatMap(([, causes]) => causes)];
  const ids = new Set([...played, ...callers.map(([, , cause]) => cause)].map((cause) => cause.split(' ')[0]));
  assert.deepEqual(
    rules.map(({ id }) => id).filter((id) => !ids.has(id) && !playedElsewhere.has(id)),
    [],
  );
});

const nodeOf: Readonly<Record<Fault['target'], string | undefined>> = {
  node: 'worker-1',
  'control-plane': 'cp-2',
  cluster: undefined,
};

test('no fault makes a title that quotes an error', async () => {
  const seen = new Set<string>();
  // That one needs a cluster with a virtual address.
  const { 'vip-moves': _, ...others } = faults;
  for (const [name, { target }] of Object.entries(others)) {
    await cluster.fault(name as FaultName, nodeOf[target], { member: 'cp-3' });
    const { snapshot, findings } = await observeOnce(cluster, {
      role: 'os:admin',
      inputs: { 'rpc-timeout': '300ms' },
    });
    for (const { title } of diagnose(findings, snapshot)) {
      assertInWords(title, name);
      seen.add(title);
    }
    cluster.healAll();
  }
  assert.ok(seen.size > 40, `${seen.size} titles`);
});
