import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type SimulatedCluster, startCluster } from '../../sim/cluster.ts';
import type { FaultArguments } from '../../sim/faults/fault.ts';
import type { FaultName } from '../../sim/faults/faults.ts';
import type { Scenario } from '../../sim/model/scenario.ts';
import { diagnose } from '../../src/diagnosis/diagnose.ts';
import { isHealthy } from '../../src/gate/verdict.ts';
import { type Access, having, observeOnce } from './simulated.ts';

type Occurrence = readonly [fault: FaultName, node?: string | undefined, args?: FaultArguments];

interface Case {
  readonly title: string;
  readonly scenario?: Partial<Scenario>;
  readonly faults?: readonly Occurrence[] | ((cluster: SimulatedCluster) => readonly Occurrence[]);
  readonly access?: (cluster: SimulatedCluster) => Access;
  /** `check@node` of each fault; empty if the cluster is healthy. */
  readonly wrong: readonly string[];
  /** Matches the message of a fault or a warning. */
  readonly says?: RegExp;
  readonly nodes?: number;
}

const vip = (cluster: SimulatedCluster): string => cluster.vip?.endpoint ?? assert.fail('a virtual address');
const lists = (cluster: SimulatedCluster, of: (name: string) => string): Readonly<Record<string, string>> => ({
  'control-plane-nodes': cluster.nodes
    .filter(({ role }) => role === 'controlplane')
    .map(({ name }) => of(name))
    .join(','),
  'worker-nodes': cluster.nodes
    .filter(({ role }) => role === 'worker')
    .map(({ name }) => of(name))
    .join(','),
});
const addresses = (cluster: SimulatedCluster): Readonly<Record<string, string>> =>
  lists(cluster, (name) => cluster.nodes.find((node) => node.name === name)?.address ?? '');

const cases: readonly Case[] = [
  {
    title: 'a dead control plane whose virtual IP answers elsewhere, all endpoints',
    scenario: { vip: true },
    faults: [['node-dead', 'cp-1']],
    wrong: ['api-reachable@cp-1'],
    says: /the control plane node is down or cut off \(connection refused\); cp-2 answers at \S+ in its place/,
  },
  {
    title: 'a dead control plane whose virtual IP answers elsewhere, with the virtual IP as the only endpoint',
    scenario: { vip: true },
    faults: [['node-dead', 'cp-1']],
    access: (cluster) => ({ talosconfig: { endpoints: [vip(cluster)] } }),
    wrong: ['api-reachable@cp-1'],
  },
  {
    title: 'a dead control plane whose virtual IP answers elsewhere, with given lists',
    scenario: { vip: true },
    faults: [['node-dead', 'cp-1']],
    access: (cluster) => ({ inputs: addresses(cluster) }),
    wrong: ['api-reachable@cp-1'],
    nodes: 5,
  },
  {
    title: 'an old version behind a virtual IP at which a machine with a new version answers',
    scenario: { vip: true },
    faults: [
      ['other-talos-version', 'cp-1', { message: 'v1.13.9' }],
      ['vip-moves', undefined, { member: 'cp-2' }],
    ],
    access: (cluster) => ({
      talosconfig: { endpoints: [vip(cluster)] },
      inputs: { 'expected-talos-version': '1.14.0' },
    }),
    wrong: ['talos-version@cp-1'],
  },
  {
    title: 'two workers behind one address, one with a dead kubelet',
    scenario: { sharedAddress: '10.0.2.15' },
    faults: [['kubelet-failed', 'worker-2']],
    wrong: ['services@worker-2'],
  },
  {
    title: 'healthy machines that all share one address',
    scenario: { sharedAddress: '10.0.2.15' },
    wrong: [],
  },
  {
    title: 'given lists of short names, discovery with qualified names',
    scenario: { qualified: ['hostname'] },
    access: (cluster) => ({ inputs: lists(cluster, (name) => name) }),
    wrong: [],
    nodes: 5,
  },
  {
    title: 'given lists of short names without discovery',
    scenario: { qualified: ['hostname', 'etcd'], discovery: false },
    access: (cluster) => ({ inputs: lists(cluster, (name) => name) }),
    wrong: [],
    nodes: 5,
  },
  {
    title: 'only-nodes with the short name of a qualified name',
    scenario: { qualified: ['hostname', 'nodename'] },
    access: () => ({ inputs: { 'only-nodes': 'worker-1' } }),
    faults: [['kubelet-failed', 'worker-1']],
    wrong: ['services@worker-1.example.com'],
  },
  {
    title: 'one endpoint that does not list an unhealthy worker',
    faults: [
      ['discovery-lacks', 'cp-1', { member: 'worker-1' }],
      ['kubelet-failed', 'worker-1'],
    ],
    wrong: ['services@worker-1'],
    says: /discovery on cp-1 lacks worker-1, unlike on cp-2, cp-3/,
  },
  {
    title: 'one endpoint that lists only itself, in a healthy cluster',
    faults: [['discovery-knows-only-itself', 'cp-1']],
    wrong: [],
    says: /discovery on cp-1 knows only cp-1, unlike on cp-2, cp-3/,
    nodes: 5,
  },
  {
    title: 'a single endpoint that lists only itself, in a healthy cluster',
    faults: [['discovery-knows-only-itself', 'cp-1']],
    access: (cluster) => ({ talosconfig: { endpoints: cluster.endpoints.slice(0, 1) } }),
    wrong: [],
    nodes: 5,
  },
  {
    title: 'a single endpoint that does not list an unhealthy worker',
    faults: [
      ['discovery-lacks', 'cp-1', { member: 'worker-2' }],
      ['kubelet-failed', 'worker-2'],
    ],
    access: (cluster) => ({ talosconfig: { endpoints: cluster.endpoints.slice(0, 1) } }),
    wrong: ['services@worker-2'],
  },
  {
    title:
      'a single endpoint that lists only itself, and another API server that is not ready, which only credentials reveal',
    scenario: { anonymousProbes: false },
    faults: [
      ['discovery-knows-only-itself', 'cp-1'],
      ['apiserver-readyz-failing', 'cp-3'],
    ],
    access: (cluster) => ({ role: 'os:admin', talosconfig: { endpoints: cluster.endpoints.slice(0, 1) } }),
    wrong: ['api-server-ready@cp-3'],
  },
  {
    title: 'a single endpoint without discovery, other control planes with discovery, and an unhealthy worker',
    faults: [
      ['resource-unsupported', 'cp-1', { type: 'Members.cluster.talos.dev' }],
      ['kubelet-failed', 'worker-2'],
    ],
    access: (cluster) => ({ talosconfig: { endpoints: cluster.endpoints.slice(0, 1) } }),
    wrong: ['services@worker-2'],
  },
  {
    title: 'another worker that answers at the address of a worker',
    faults: [['answered-by-other', 'worker-2', { member: 'worker-1' }]],
    wrong: ['api-reachable@worker-2'],
    says: /the machine itself does not answer; worker-1 answers at \S+ in its place/,
  },
  {
    title: 'another worker that answers at the address of a worker, without a node id',
    faults: [
      ['answered-by-other', 'worker-2', { member: 'worker-1' }],
      ['resource-unsupported', 'worker-1', { type: 'Identities.cluster.talos.dev' }],
    ],
    wrong: ['api-reachable@worker-2'],
    says: /the machine itself does not answer; worker-1 answers at \S+ in its place/,
  },
  {
    title: 'a dead control plane whose virtual IP answers elsewhere, without node ids',
    scenario: { vip: true },
    faults: [
      ['node-dead', 'cp-1'],
      ['resource-unsupported', 'cp-2', { type: 'Identities.cluster.talos.dev' }],
      ['resource-unsupported', 'cp-3', { type: 'Identities.cluster.talos.dev' }],
    ],
    access: (cluster) => ({ talosconfig: { endpoints: [vip(cluster)] } }),
    wrong: ['api-reachable@cp-1'],
  },
  {
    title:
      'a dead control plane whose virtual IP answers elsewhere, without node ids, with given lists and without discovery',
    scenario: { discovery: false },
    faults: [
      ['answered-by-other', 'worker-2', { member: 'worker-1' }],
      ['resource-unsupported', 'worker-1', { type: 'Identities.cluster.talos.dev' }],
    ],
    access: (cluster) => ({ inputs: lists(cluster, (name) => name) }),
    wrong: ['identity@worker-1', 'identity@worker-2'],
    nodes: 5,
  },
  {
    title: 'two machines copied from one disk',
    faults: [['identity-cloned', 'worker-1', { member: 'worker-2' }]],
    wrong: ['identity@worker-1', 'identity@worker-2'],
    says: /worker-2 has the same node id/,
  },
  {
    title: 'two machines copied from one disk, with given lists',
    faults: [['identity-cloned', 'worker-1', { member: 'worker-2' }]],
    access: (cluster) => ({ inputs: addresses(cluster) }),
    wrong: ['identity@worker-1', 'identity@worker-2'],
    nodes: 5,
  },
  {
    title: 'two machines copied from one disk, without discovery',
    scenario: { discovery: false },
    faults: [['identity-cloned', 'worker-1', { member: 'worker-2' }]],
    access: (cluster) => ({ inputs: lists(cluster, (name) => name) }),
    wrong: ['identity@worker-1', 'identity@worker-2'],
    nodes: 5,
  },
  {
    title: 'reinstalled machines whose former node ids discovery still lists',
    faults: [
      ['identity-new', 'worker-1'],
      ['identity-new', 'cp-2'],
    ],
    wrong: [],
    nodes: 5,
  },
  {
    title: 'a reinstalled machine that is off',
    faults: [
      ['identity-new', 'worker-1'],
      ['node-dead', 'worker-1'],
    ],
    wrong: ['api-reachable@worker-1'],
    nodes: 5,
  },
  {
    title: 'another machine at the address of a reinstalled one',
    faults: [
      ['identity-new', 'worker-1'],
      ['answered-by-other', 'worker-2', { member: 'worker-1' }],
    ],
    wrong: ['api-reachable@worker-2'],
    says: /the machine itself does not answer; worker-1 answers at \S+ in its place/,
  },
  {
    title: 'a fourth voting member at another address of a control plane',
    faults: [
      ['further-address', 'cp-3', { address: '10.0.9.3' }],
      ['etcd-stale-member', 'cp-3', { address: '10.0.9.3' }],
    ],
    wrong: ['etcd-members-are-control-planes'],
    says: /ghost member cp-3 \(id [0-9a-f]+, 10\.0\.9\.3\), which no control plane runs/,
  },
  {
    title: 'a copy of a control plane that discovery mistakes for the original, with no advice to remove it from etcd',
    faults: [
      ['identity-cloned', 'cp-3', { member: 'cp-2' }],
      ['discovery-lost', 'cp-3'],
      ['discovery-lacks', 'cp-3', { member: 'cp-3' }],
    ],
    access: (cluster) => ({ talosconfig: { endpoints: cluster.endpoints.slice(0, 2) } }),
    wrong: ['etcd-members-are-control-planes'],
    says: /member cp-3 \(id \S+, \S+\) runs, and is no control plane of the cluster/,
  },
  {
    title: 'an unlisted control plane whose etcd hangs',
    faults: [
      ['discovery-lost', 'cp-3'],
      ['etcd-hung', 'cp-3'],
    ],
    access: (cluster) => ({
      talosconfig: { endpoints: cluster.endpoints.slice(0, 2) },
      inputs: { 'rpc-timeout': '1s' },
    }),
    wrong: ['etcd-leader@cp-3'],
    nodes: 5,
  },
  {
    title: 'an etcd member that never started',
    faults: [['etcd-unstarted-member']],
    wrong: ['etcd-members-are-control-planes'],
    says: /ghost member without a name \(id [0-9a-f]+, \S+, never started\)/,
  },
  {
    title: 'etcd names that differ from the names of the nodes',
    faults: [['etcd-other-name', 'cp-2', { message: 'talos-q3x-8v1' }]],
    wrong: [],
  },
  {
    title: 'etcd names that differ from the names of the nodes, without discovery',
    scenario: { discovery: false },
    faults: [['etcd-other-name', 'cp-2', { message: 'talos-q3x-8v1' }]],
    wrong: [],
    nodes: 3,
  },
  {
    title: 'a peer URL with the virtual IP',
    scenario: { vip: true },
    faults: [['etcd-peer-address', 'cp-2']],
    wrong: [],
    says: /its peers are to reach its etcd at an address that is not its own/,
  },
  {
    title: 'a control plane that was scaled down, is off and still listed',
    faults: [['control-plane-gone', 'cp-3']],
    access: () => ({ inputs: { 'expected-control-planes': '2' } }),
    wrong: [],
    says: /cp-3 still listed by discovery, without an answer, and taken for gone/,
  },
  {
    title: 'a control plane that was scaled down, is off and still listed, without an expected count',
    faults: [['control-plane-gone', 'cp-3']],
    wrong: ['api-reachable@cp-3'],
    says: /It is no member of etcd. Discovery lists a machine that is gone for good for up to half an hour/,
  },
];

async function fail(cluster: SimulatedCluster, { faults = [] }: Case): Promise<void> {
  for (const [fault, node, args] of typeof faults === 'function' ? faults(cluster) : faults) {
    await cluster.fault(fault, node, args);
  }
}

for (const one of cases) {
  test(one.title, async () => {
    await using cluster = await startCluster(one.scenario);
    await fail(cluster, one);
    const { snapshot, findings } = await observeOnce(cluster, one.access?.(cluster));
    assert.deepEqual(having(findings, 'pending', 'fail'), one.wrong);
    assert.equal(isHealthy(findings), one.wrong.length === 0);
    const told = [
      ...findings.filter(({ status }) => status === 'warn' || status === 'pending').map(({ message }) => message),
      ...diagnose(findings, snapshot).flatMap(({ title, hint }) => [title, hint.text]),
    ];
    if (one.says !== undefined) {
      assert.match(told.join('\n'), one.says);
    }
    if (one.nodes !== undefined) {
      assert.equal(snapshot.nodes.length, one.nodes);
    }
  });
}

test('through tunnels on one address, without discovery, the nodes are the members of etcd', async () => {
  await using cluster = await startCluster({ discovery: false, qualified: ['etcd'] }, { mode: 'ports' });
  const { snapshot, findings } = await observeOnce(cluster, {});
  assert.deepEqual(having(findings, 'pending', 'fail'), []);
  assert.deepEqual(
    snapshot.cluster.nodes.map(({ name, role }) => [name, role]),
    [1, 2, 3].map((n) => [`cp-${n}`, 'controlplane']),
  );
});
