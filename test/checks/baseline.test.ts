import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inventoryOf } from '../../src/checks/facts/inventory.ts';
import { isOlder } from '../../src/checks/facts/versions.ts';
import type { Baseline } from '../../src/inputs/baseline.ts';
import type { NodeInventory } from '../../src/inputs/inventory.ts';
import type { CheckOptions } from '../../src/inputs/options.ts';
import type { NodeSnapshot } from '../../src/observe/snapshot.ts';
import { findingLine } from '../builders/evaluate.ts';
import { type Fault, facetFailed, onEveryNode, onNode, unreachable, withFaults } from '../builders/faults.ts';
import { healthySnapshot, ok } from '../builders/snapshot.ts';

test('versions are ordered as Semantic Versioning orders them', () => {
  for (const [version, than] of [
    ['v1.13.9', '1.14'],
    ['v1.13.9', '1.13.10'],
    ['v1.9.0', '1.14.0'],
    ['1.14.0-rc.1', 'v1.14.0'],
    ['1.14.0-alpha.2', '1.14.0-alpha.10'],
    ['v1.14.0', '2'],
  ] as const) {
    assert.equal(isOlder(version, than), than !== '2', `${version} before ${than}`);
    assert.equal(isOlder(than, version), false, `${than} after ${version}`);
  }
  for (const [version, than] of [
    ['v1.14.0-rc.1', '1.14'],
    ['v1.14.0', '1.14.0-rc.1'],
    ['v1.14.0', 'v1.14.0'],
    ['', '1.14'],
  ] as const) {
    assert.equal(isOlder(version, than), false, `${version} is not older than ${than}`);
  }
});

const healthy = healthySnapshot();
const inventories = healthy.nodes.map((node) => inventoryOf(node, healthy));

const baselineOf = (nodes: readonly NodeInventory[], given: Partial<Baseline> = {}): Baseline => ({
  startedAt: '2026-01-01T11:00:00.000Z',
  allowDowngrade: false,
  mustReboot: false,
  findings: [],
  nodes,
  ...given,
});

/** The healthy cluster, with something different on worker-1. */
const before = (change: Partial<NodeInventory>, given: Partial<Baseline> = {}): Baseline =>
  baselineOf(
    inventories.map((node) => (node.name === 'worker-1' ? { ...node, ...change } : node)),
    given,
  );

const lineOf = (check: string, given: Partial<CheckOptions>, ...faults: readonly Fault[]): string =>
  findingLine(withFaults(healthy, ...faults), check, check === 'baseline-nodes' ? undefined : 'worker-1', given);

const worker = (change: Partial<NodeSnapshot>): Fault => onNode('worker-1', () => change);
const talos = (tag: string) => ok({ tag, platform: 'metal', mode: 'metal' });
const rebooted = worker({ boot: ok({ id: 'another boot' }) });
const mustReboot = before({}, { mustReboot: true });

for (const [what, baseline, faults, line] of [
  ['the same node', before({}), [], 'pass: as in the baseline'],
  ['a newer version, booted', before({ talosVersion: 'v1.13.9' }), [rebooted], 'pass: Talos, boot changed'],
  [
    'an older version',
    before({ talosVersion: 'v1.14.1' }),
    [],
    'pending: compared with the baseline, it went back from Talos v1.14.1 to v1.14.0',
  ],
  [
    'an older version that is allowed',
    before({ talosVersion: 'v1.14.1' }, { allowDowngrade: true }),
    [],
    'pass: Talos changed',
  ],
  [
    'an older Kubernetes',
    before({ kubernetesVersion: 'v1.37.0' }),
    [],
    'pending: compared with the baseline, it went back from Kubernetes v1.37.0 to v1.36.1',
  ],
  [
    'a wiped machine',
    before({ nodeId: 'another id' }),
    [],
    'pending: compared with the baseline, it was wiped or replaced: its node id is another',
  ],
  [
    'a lost extension, and a newer one',
    before({ extensions: ['gvisor:v1', 'iscsi-tools:v0.1.0'] }),
    [],
    'pending: compared with the baseline, it lost the extension gvisor:v1',
  ],
  ['another schematic', before({ schematic: 'ffffffff' }), [], 'pass: schematic changed'],
  [
    'a lost volume, and one that is not ready any more',
    before({
      volumes: [
        { id: 'EPHEMERAL', phase: 'ready' },
        { id: 'u-data', phase: 'ready' },
      ],
    }),
    [worker({ volumes: ok([{ id: 'EPHEMERAL', phase: 'failed', errorMessage: '', size: 0 }]) })],
    'pending: compared with the baseline, it has the volume EPHEMERAL failed, and it was ready; lost the volume u-data',
  ],
  [
    'a lost static pod',
    before({ staticPods: ['nginx'] }),
    [],
    'pending: compared with the baseline, it lost the static pod nginx',
  ],
  [
    'extensions that give no answer',
    before({}),
    [facetFailed('worker-1', 'extensions', { message: 'late' })],
    'pending: its extensions could not be read: late',
  ],
  [
    'extensions that the version of Talos does not expose',
    before({}),
    [facetFailed('worker-1', 'extensions', { kind: 'not-authorized' })],
    'pass: as in the baseline',
  ],
  ['a node that is not in the baseline', baselineOf(inventories.slice(0, 3)), [], 'pass: new since the baseline'],
  ['a reboot that did not happen', mustReboot, [], 'pending: compared with the baseline, it has not rebooted since'],
  ['a reboot that did', mustReboot, [rebooted], 'pass: boot changed'],
  [
    'a reboot that cannot be told',
    mustReboot,
    [facetFailed('worker-1', 'boot')],
    'pending: whether it has rebooted is not known: it or the baseline does not say which boot it runs',
  ],
  [
    'a boot by its time, corrected by the clock',
    before({ boot: { at: '2026-01-01T10:00:10.000Z' } }, { mustReboot: true }),
    [worker({ boot: ok({ at: Date.UTC(2026, 0, 1, 10) }) })],
    'pending: compared with the baseline, it has not rebooted since',
  ],
  [
    'a later boot by its time',
    before({ boot: { at: '2026-01-01T10:00:00.000Z' } }, { mustReboot: true }),
    [worker({ boot: ok({ at: Date.UTC(2026, 0, 1, 10, 5) }) })],
    'pass: boot changed',
  ],
  [
    'the first boot of a version with boot ids',
    before({ boot: { at: '2026-01-01T10:00:00.000Z' } }, { mustReboot: true }),
    [],
    'pass: boot changed',
  ],
  [
    'an extension that a staged upgrade brings back',
    before({ extensions: ['gvisor:v1'] }),
    [worker({ upgrade: ok({ staged: 'installer:v1.14.1' }) })],
    'blocked by upgrade-confirmed worker-1: compared with the baseline, it lost the extension gvisor:v1',
  ],
] as const satisfies readonly (readonly [string, Baseline, readonly Fault[], string])[]) {
  test(`baseline-node: ${what}`, () => assert.equal(lineOf('baseline-node', { baseline }, ...faults), line));
}

const gone: NodeInventory = { name: 'cp-4', nodeId: 'id of cp-4', role: 'controlplane', etcdMemberId: 'e4' };

for (const [what, nodes, faults, line] of [
  ['all that were there', inventories, [], 'pass: all 5 nodes of the baseline'],
  ['fewer than now', inventories.slice(0, 4), [], 'pass: all 4 nodes of the baseline'],
  [
    'a node with another name',
    [{ ...gone, nodeId: 'id of cp-1' }, ...inventories.slice(1)],
    [],
    'pass: all 5 nodes of the baseline',
  ],
  [
    'a node and a member that are gone',
    [...inventories, gone],
    [],
    'pending: gone since the baseline: cp-4; etcd has 3 members, and had 4',
  ],
  ['a node that does not answer', inventories, [unreachable('worker-1')], 'pass: all 5 nodes of the baseline'],
  [
    'another cluster',
    inventories.map((node) => ({ ...node, nodeId: `other ${node.nodeId}` })),
    [],
    'fail: the baseline is of another cluster, or all of its nodes were wiped since: none of its node ids is in this one',
  ],
] as const satisfies readonly (readonly [string, readonly NodeInventory[], readonly Fault[], string])[]) {
  test(`baseline-nodes: ${what}`, () => {
    assert.equal(lineOf('baseline-nodes', { baseline: baselineOf(nodes) }, ...faults), line);
  });
}

const expected = { talosVersion: '1.14.1' };
const upgraded = before({ talosVersion: 'v1.14.0' });
const boots = (...versions: readonly string[]): Fault =>
  onNode('worker-1', () => ({
    boots: versions.map((version, index) => ({ since: Date.UTC(2026, 0, 1, 11, index + 1), version })),
  }));

for (const [what, given, faults, line] of [
  [
    'an older version after a reboot',
    { baseline: upgraded, expected },
    [rebooted],
    'pending: it was rolled back: it has rebooted since the baseline, and runs Talos v1.14.0 instead of 1.14.1',
  ],
  [
    'an older version in the boot of the baseline',
    { baseline: upgraded, expected },
    [],
    'pending: it has not rebooted since the baseline, and runs Talos v1.14.0: 1.14.1 is not installed, or has not booted',
  ],
  [
    'an older version after this run has seen a newer one, without a baseline',
    { expected },
    [boots('v1.14.0', 'v1.14.1', 'v1.14.0')],
    'pending: it was rolled back: it booted Talos v1.14.1, and runs v1.14.0 again',
  ],
  ['an older version without a baseline', { expected }, [], 'pass: no upgrade is staged or unconfirmed'],
  [
    'two boots of one version',
    { baseline: upgraded },
    [rebooted, boots('v1.14.0', 'v1.14.0')],
    'warn: it has rebooted 2 times since the baseline, into v1.14.0, then v1.14.0',
  ],
  [
    'the two boots of a staged upgrade',
    { baseline: upgraded, expected },
    [rebooted, worker({ version: talos('v1.14.1') }), boots('v1.14.0', 'v1.14.1')],
    'pass: no upgrade is staged or unconfirmed',
  ],
] as const satisfies readonly (readonly [string, Partial<CheckOptions>, readonly Fault[], string])[]) {
  test(`upgrade-confirmed: ${what}`, () => assert.equal(lineOf('upgrade-confirmed', given, ...faults), line));
}

test('a version that was rolled back explains what is missing with it', () => {
  const given = { baseline: upgraded, expected };
  for (const check of ['talos-version', 'baseline-node']) {
    const lost = check === 'baseline-node' ? [worker({ extensions: ok([]) })] : [];
    assert.match(lineOf(check, given, rebooted, ...lost), /^blocked by upgrade-confirmed worker-1: /);
  }
});

test('an inventory has what is known, and of 1.14 only volumes on disks', () => {
  const found = withFaults(
    healthy,
    onEveryNode(() => ({
      volumes: ok([
        { id: '/var/lib', phase: 'ready', errorMessage: '', size: 0 } as const,
        { id: 'META', phase: 'ready', errorMessage: '', size: 1 } as const,
      ]),
    })),
    facetFailed('cp-1', 'boot'),
  );
  const [first] = found.nodes;
  assert.ok(first !== undefined);
  assert.deepEqual(inventoryOf(first, found), {
    name: 'cp-1',
    nodeId: 'id of cp-1',
    role: 'controlplane',
    talosVersion: 'v1.14.0',
    kubernetesVersion: 'v1.36.1',
    schematic: 'c9078f94',
    extensions: ['iscsi-tools:v0.2.0'],
    etcdMemberId: 'e1',
    volumes: [{ id: 'META', phase: 'ready' }],
    staticPods: ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler'],
  });
});
