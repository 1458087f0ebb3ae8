import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type SimulatedCluster, startCluster } from '../../sim/cluster.ts';
import type { FaultArguments } from '../../sim/faults/fault.ts';
import type { FaultName } from '../../sim/faults/faults.ts';
import type { Scenario } from '../../sim/model/scenario.ts';
import { diagnose } from '../../src/diagnosis/diagnose.ts';
import { isHealthy } from '../../src/gate/verdict.ts';
import { having, type Looking, look } from './simulated.ts';

type Occurrence = readonly [fault: FaultName, node?: string | undefined, args?: FaultArguments];

interface Case {
  readonly title: string;
  readonly scenario?: Partial<Scenario>;
  readonly faults?: readonly Occurrence[] | ((cluster: SimulatedCluster) => readonly Occurrence[]);
  readonly looking?: (cluster: SimulatedCluster) => Looking;
  /** `check@node` of all that is wrong; empty where it is healthy. */
  readonly wrong: readonly string[];
  /** What is said of it, or as a warning. */
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
    title: 'a dead control plane whose virtual address answers elsewhere, all endpoints',
    scenario: { vip: true },
    faults: [['node-dead', 'cp-1']],
    wrong: ['api-reachable@cp-1'],
    says: /the control plane node is down or cut off \(connection refused\); cp-2 answers at \S+ in its place/,
  },
  {
    title: 'the same with the virtual address as the only endpoint',
    scenario: { vip: true },
    faults: [['node-dead', 'cp-1']],
    looking: (cluster) => ({ talosconfig: { endpoints: [vip(cluster)] } }),
    wrong: ['api-reachable@cp-1'],
  },
  {
    title: 'the same with given lists',
    scenario: { vip: true },
    faults: [['node-dead', 'cp-1']],
    looking: (cluster) => ({ inputs: addresses(cluster) }),
    wrong: ['api-reachable@cp-1'],
    nodes: 5,
  },
  {
    title: 'an old version behind a virtual address that a new one answers for',
    scenario: { vip: true },
    faults: [
      ['other-talos-version', 'cp-1', { message: 'v1.13.9' }],
      ['vip-moves', undefined, { member: 'cp-2' }],
    ],
    looking: (cluster) => ({
      talosconfig: { endpoints: [vip(cluster)] },
      inputs: { 'expected-talos-version': '1.14.0' },
    }),
    wrong: ['talos-version@cp-1'],
  },
  {
    title: 'two workers behind one address, and a kubelet that is dead',
    scenario: { sharedAddress: '10.0.2.15' },
    faults: [['kubelet-failed', 'worker-2']],
    wrong: ['services@worker-2'],
  },
  {
    title: 'all machines have one address in common, and are well',
    scenario: { sharedAddress: '10.0.2.15' },
    wrong: [],
  },
  {
    title: 'given lists of short names where discovery has qualified ones',
    scenario: { qualified: ['hostname'] },
    looking: (cluster) => ({ inputs: lists(cluster, (name) => name) }),
    wrong: [],
    nodes: 5,
  },
  {
    title: 'given lists of short names without discovery',
    scenario: { qualified: ['hostname', 'etcd'], discovery: false },
    looking: (cluster) => ({ inputs: lists(cluster, (name) => name) }),
    wrong: [],
    nodes: 5,
  },
  {
    title: 'only-nodes by the short name of a qualified one',
    scenario: { qualified: ['hostname', 'nodename'] },
    looking: () => ({ inputs: { 'only-nodes': 'worker-1' } }),
    faults: [['kubelet-failed', 'worker-1']],
    wrong: ['services@worker-1.example.com'],
  },
  {
    title: 'one endpoint does not list a sick worker',
    faults: [
      ['discovery-lacks', 'cp-1', { member: 'worker-1' }],
      ['kubelet-failed', 'worker-1'],
    ],
    wrong: ['services@worker-1'],
    says: /discovery on cp-1 lacks worker-1, unlike on cp-2, cp-3/,
  },
  {
    title: 'one endpoint knows only itself, and the cluster is well',
    faults: [['discovery-knows-only-itself', 'cp-1']],
    wrong: [],
    says: /discovery on cp-1 knows only cp-1, unlike on cp-2, cp-3/,
    nodes: 5,
  },
  {
    title: 'the only endpoint knows only itself, and the cluster is well',
    faults: [['discovery-knows-only-itself', 'cp-1']],
    looking: (cluster) => ({ talosconfig: { endpoints: cluster.endpoints.slice(0, 1) } }),
    wrong: [],
    nodes: 5,
  },
  {
    title: 'the only endpoint lacks a sick worker',
    faults: [
      ['discovery-lacks', 'cp-1', { member: 'worker-2' }],
      ['kubelet-failed', 'worker-2'],
    ],
    looking: (cluster) => ({ talosconfig: { endpoints: cluster.endpoints.slice(0, 1) } }),
    wrong: ['services@worker-2'],
  },
  {
    title: 'the only endpoint knows only itself, and only credentials learn that another API server is not ready',
    scenario: { anonymousProbes: false },
    faults: [
      ['discovery-knows-only-itself', 'cp-1'],
      ['apiserver-readyz-failing', 'cp-3'],
    ],
    looking: (cluster) => ({ role: 'os:admin', talosconfig: { endpoints: cluster.endpoints.slice(0, 1) } }),
    wrong: ['api-server-ready@cp-3'],
  },
  {
    title: 'the only endpoint has no discovery, the other control planes have, and a worker is sick',
    faults: [
      ['resource-unsupported', 'cp-1', { type: 'Members.cluster.talos.dev' }],
      ['kubelet-failed', 'worker-2'],
    ],
    looking: (cluster) => ({ talosconfig: { endpoints: cluster.endpoints.slice(0, 1) } }),
    wrong: ['services@worker-2'],
  },
  {
    title: 'another worker answers at the address of a worker',
    faults: [['answered-by-other', 'worker-2', { member: 'worker-1' }]],
    wrong: ['api-reachable@worker-2'],
    says: /the machine itself does not answer; worker-1 answers at \S+ in its place/,
  },
  {
    title: 'the same, and it does not tell its node id',
    faults: [
      ['answered-by-other', 'worker-2', { member: 'worker-1' }],
      ['resource-unsupported', 'worker-1', { type: 'Identities.cluster.talos.dev' }],
    ],
    wrong: ['api-reachable@worker-2'],
    says: /the machine itself does not answer; worker-1 answers at \S+ in its place/,
  },
  {
    title: 'a dead control plane whose virtual address answers elsewhere, and nobody tells a node id',
    scenario: { vip: true },
    faults: [
      ['node-dead', 'cp-1'],
      ['resource-unsupported', 'cp-2', { type: 'Identities.cluster.talos.dev' }],
      ['resource-unsupported', 'cp-3', { type: 'Identities.cluster.talos.dev' }],
    ],
    looking: (cluster) => ({ talosconfig: { endpoints: [vip(cluster)] } }),
    wrong: ['api-reachable@cp-1'],
  },
  {
    title: 'the same with given lists and without discovery',
    scenario: { discovery: false },
    faults: [
      ['answered-by-other', 'worker-2', { member: 'worker-1' }],
      ['resource-unsupported', 'worker-1', { type: 'Identities.cluster.talos.dev' }],
    ],
    looking: (cluster) => ({ inputs: lists(cluster, (name) => name) }),
    wrong: ['identity@worker-1', 'identity@worker-2'],
    nodes: 5,
  },
  {
    title: 'two machines that were copied from one disk',
    faults: [['identity-cloned', 'worker-1', { member: 'worker-2' }]],
    wrong: ['identity@worker-1', 'identity@worker-2'],
    says: /worker-2 has the same node id/,
  },
  {
    title: 'the same with given lists',
    faults: [['identity-cloned', 'worker-1', { member: 'worker-2' }]],
    looking: (cluster) => ({ inputs: addresses(cluster) }),
    wrong: ['identity@worker-1', 'identity@worker-2'],
    nodes: 5,
  },
  {
    title: 'the same without discovery',
    scenario: { discovery: false },
    faults: [['identity-cloned', 'worker-1', { member: 'worker-2' }]],
    looking: (cluster) => ({ inputs: lists(cluster, (name) => name) }),
    wrong: ['identity@worker-1', 'identity@worker-2'],
    nodes: 5,
  },
  {
    title: 'a machine that was installed anew, and one discovery has its former node id',
    faults: [['identity-new', 'worker-1']],
    wrong: ['api-reachable@worker-1'],
    says: /a machine with the node id \S+ answers at \S+ in its place/,
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
    title: 'a copy of a control plane that discovery takes for the other one is never to be removed from etcd',
    faults: [
      ['identity-cloned', 'cp-3', { member: 'cp-2' }],
      ['discovery-lost', 'cp-3'],
      ['discovery-lacks', 'cp-3', { member: 'cp-3' }],
    ],
    looking: (cluster) => ({ talosconfig: { endpoints: cluster.endpoints.slice(0, 2) } }),
    wrong: ['etcd-members-are-control-planes'],
    says: /member cp-3 \(id \S+, \S+\) runs, and is no control plane of the cluster/,
  },
  {
    title: 'an unlisted control plane whose etcd hangs',
    faults: [
      ['discovery-lost', 'cp-3'],
      ['etcd-hung', 'cp-3'],
    ],
    looking: (cluster) => ({
      talosconfig: { endpoints: cluster.endpoints.slice(0, 2) },
      inputs: { 'rpc-timeout': '1s' },
    }),
    wrong: ['etcd-leader@cp-3'],
    nodes: 5,
  },
  {
    title: 'a member that never started',
    faults: [['etcd-unstarted-member']],
    wrong: ['etcd-members-are-control-planes'],
    says: /ghost member without a name \(id [0-9a-f]+, \S+, never started\)/,
  },
  {
    title: 'etcd names that are not the names of the nodes',
    faults: [['etcd-other-name', 'cp-2', { message: 'talos-q3x-8v1' }]],
    wrong: [],
  },
  {
    title: 'the same without discovery',
    scenario: { discovery: false },
    faults: [['etcd-other-name', 'cp-2', { message: 'talos-q3x-8v1' }]],
    wrong: [],
    nodes: 3,
  },
  {
    title: 'a peer URL at the virtual address',
    scenario: { vip: true },
    faults: [['etcd-peer-address', 'cp-2']],
    wrong: [],
    says: /its peers are to reach its etcd at an address that is not its own/,
  },
  {
    title: 'a control plane that was scaled down, is off and still listed',
    faults: [['control-plane-gone', 'cp-3']],
    looking: () => ({ inputs: { 'expected-control-planes': '2' } }),
    wrong: [],
    says: /cp-3 still listed by discovery, without an answer, and taken for gone/,
  },
  {
    title: 'the same, and nobody says how many there should be',
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
    const { snapshot, findings } = await look(cluster, one.looking?.(cluster));
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

test('through tunnels on one address, without discovery: the members of etcd are the machines', async () => {
  await using cluster = await startCluster({ discovery: false, qualified: ['etcd'] }, { mode: 'ports' });
  const { snapshot, findings } = await look(cluster, {});
  assert.deepEqual(having(findings, 'pending', 'fail'), []);
  assert.deepEqual(
    snapshot.cluster.nodes.map(({ name, role }) => [name, role]),
    [1, 2, 3].map((n) => [`cp-${n}`, 'controlplane']),
  );
});
