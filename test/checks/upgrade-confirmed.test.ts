import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CheckOptions } from '../../src/inputs/options.ts';
import type { Extension, UpgradeState } from '../../src/talos/model/upgrade.ts';
import { findingLine, findingOf, findingsWith } from '../builders/evaluate.ts';
import { all, type Fault, facetFailed, onEveryNode, onNode, stage, unmet, withFaults } from '../builders/faults.ts';
import { healthySnapshot, ok } from '../builders/snapshot.ts';

const lineOf = (check: string, node: string, given: Partial<CheckOptions>, ...faults: readonly Fault[]): string =>
  findingLine(withFaults(healthySnapshot(), ...faults), check, node, given);

const meta = (upgrade: UpgradeState): Fault => onNode('worker-1', () => ({ upgrade: ok(upgrade) }));
const container = onEveryNode(() => ({ version: ok({ tag: 'v1.14.0', platform: 'container', mode: 'container' }) }));
const armed = meta({ fallback: 'A' });
const notReady = unmet('worker-1', 'time', 'time is not synced');

for (const [state, faults, expected] of [
  ['no upgrade', [], 'pass: no upgrade is staged or unconfirmed'],
  [
    'a staged upgrade',
    [meta({ staged: 'ghcr.io/siderolabs/installer:v1.14.1' })],
    'pending: an upgrade is staged, and has not booted: ghcr.io/siderolabs/installer:v1.14.1',
  ],
  ['staged options without an image', [meta({ staged: '' })], 'pending: an upgrade is staged, and has not booted'],
  [
    'the fallback armed on a ready machine',
    [armed],
    'pending: an upgrade is installed, and its boot is not confirmed: the fallback to the boot entry A is armed',
  ],
  [
    'the fallback armed on a machine that is not ready',
    [armed, notReady],
    'blocked by machine-ready worker-1: the boot is not confirmed: if the next one fails, the machine goes back to the boot entry A',
  ],
  [
    'the fallback armed while it boots',
    [armed, stage('worker-1', 'booting')],
    'blocked by boot-finished worker-1: the boot is not confirmed: if the next one fails, the machine goes back to the boot entry A',
  ],
  ['a container', [container, armed], 'skip: Talos runs in a container, which has no boot loader and no META'],
  [
    'a reader who may not read META',
    [facetFailed('worker-1', 'upgrade', { kind: 'not-authorized', message: 'not authorized' })],
    'skip: this version of Talos does not expose the state of an upgrade to a reader: not authorized',
  ],
] as const) {
  test(`upgrade-confirmed: ${state}`, () => {
    assert.equal(lineOf('upgrade-confirmed', 'worker-1', {}, ...faults), expected);
  });
}

const expectsVersion: Partial<CheckOptions> = { expected: { talosVersion: '1.14.1' } };
const due = onNode('worker-1', () => ({ rebootRequest: ok([true] as const) }));

test('reboot-due: a request for a reboot is pending where an upgrade is expected, and explains the version', () => {
  assert.equal(lineOf('reboot-due', 'worker-1', expectsVersion), 'pass: none');
  assert.equal(
    lineOf('reboot-due', 'worker-1', expectsVersion, due),
    'pending: a reboot is due: what is installed has not booted',
  );
  assert.equal(
    lineOf('talos-version', 'worker-1', expectsVersion, due),
    'blocked by reboot-due worker-1: it runs Talos v1.14.0, and 1.14.1 is expected',
  );
  assert.equal(
    lineOf('reboot-due', 'worker-1', expectsVersion, due, meta({ staged: 'installer:v1.14.1' })),
    'blocked by upgrade-confirmed worker-1: a reboot is due: what is installed has not booted',
  );
});

test('reboot-due: an older Talos does not know it', () => {
  const unsupported = facetFailed('worker-1', 'rebootRequest', { kind: 'unsupported-type', message: 'not supported' });
  assert.equal(
    lineOf('reboot-due', 'worker-1', expectsVersion, unsupported),
    'skip: this version of Talos does not know whether a reboot is due: not supported',
  );
});

const iscsi: Extension = { name: 'iscsi-tools', version: 'v0.2.0' };
const image = (node: string, schematic: string, ...extensions: readonly Extension[]): Fault =>
  onNode(node, () => ({ extensions: ok([...extensions, { name: 'schematic', version: schematic }]) }));
const three = healthySnapshot({ workers: 3 });

test('extensions: a node with another image than most of its role is a warning', () => {
  const odd = withFaults(
    three,
    image('worker-1', 'aaaaaaaaaaaa', { name: 'gvisor', version: '20250505.0' }),
    image('cp-3', 'bbbbbbbbbbbb', iscsi),
  );
  assert.equal(
    findingLine(odd, 'extensions', 'worker-1'),
    'warn: unlike worker-2: it lacks iscsi-tools:v0.2.0; it has gvisor:20250505.0; its image is of the schematic aaaaaaaa instead of the schematic c9078f94',
  );
  assert.equal(findingLine(odd, 'extensions', 'worker-2'), 'pass: 1 extension');
  assert.equal(
    findingLine(odd, 'extensions', 'cp-3'),
    'warn: unlike cp-1: its image is of the schematic bbbbbbbb instead of the schematic c9078f94',
  );
});

test('extensions: the order, the index of modules and nodes of another role or version make no difference', () => {
  const gvisor = { name: 'gvisor', version: '1' };
  const same = all(
    image('worker-1', 's', iscsi, gvisor, { name: 'modules.dep', version: '6.18.1-talos' }),
    image('worker-2', 's', gvisor, iscsi),
    image('worker-3', 't', { name: 'iscsi-tools', version: 'v0.3.0' }),
    onNode('worker-3', () => ({ version: ok({ tag: 'v1.14.1', platform: 'metal', mode: 'metal' }) })),
  );
  for (const node of ['worker-1', 'worker-2', 'worker-3', 'cp-1']) {
    assert.match(findingLine(withFaults(three, same), 'extensions', node), /^pass: \d extensions?$/);
  }
});

test('extensions: what is not exposed is skipped, and what hangs is a warning', () => {
  const line = (kind: 'not-authorized' | 'timeout'): string =>
    lineOf('extensions', 'cp-1', {}, facetFailed('cp-1', 'extensions', { kind, message: 'no' }));
  assert.equal(line('not-authorized'), 'skip: the system extensions could not be read: no');
  assert.equal(line('timeout'), 'warn: the system extensions could not be read: no');
});

test('upgrade-confirmed: the hint reboots the node', () => {
  const { hint } = findingOf(findingsWith(meta({ staged: 'installer:v1.14.1' })), 'upgrade-confirmed', 'worker-1');
  assert.deepEqual(hint?.commands, ['talosctl -n 10.0.1.1 get metakeys', 'talosctl -n 10.0.1.1 reboot']);
});

const expects = (expected: CheckOptions['expected']): Partial<CheckOptions> => ({ expected });

for (const [what, expected, faults, line] of [
  ['the schematic by its first digits', { schematics: ['c9078f94'] }, [], 'pass: the schematic c9078f94'],
  ['one of several', { schematics: ['aaaaaaaa', 'c9078f9'] }, [], 'pass: the schematic c9078f94'],
  [
    'another schematic',
    { schematics: ['aaaaaaaa'] },
    [],
    'pending: its image is of the schematic c9078f94, and aaaaaaaa is expected',
  ],
  [
    'no schematic at all',
    { schematics: ['aaaaaaaa'] },
    [
      onNode('worker-1', () => ({ extensions: ok([]) })),
      facetFailed('worker-1', 'schematic', { kind: 'not-found', message: 'not found' }),
    ],
    'pending: its image is of no schematic, and aaaaaaaa is expected',
  ],
  [
    'a schematic that only its own resource tells',
    { schematics: ['c9078f94'] },
    [onNode('worker-1', () => ({ extensions: ok([]) }))],
    'pass: the schematic c9078f94',
  ],
  [
    'a schematic that cannot be read',
    { schematics: ['c9078f94'] },
    [onNode('worker-1', () => ({ extensions: ok([]) })), facetFailed('worker-1', 'schematic', { message: 'late' })],
    'pending: its system extensions and its schematic cannot be read: late',
  ],
  [
    'extensions with and without a version',
    { extensions: [{ name: 'iscsi-tools' }, { name: 'iscsi-tools', version: '0.2.0' }] },
    [],
    'pass: iscsi-tools, iscsi-tools:0.2.0',
  ],
  [
    'a missing extension and another version',
    { extensions: [{ name: 'gvisor' }, { name: 'iscsi-tools', version: 'v0.3.0' }] },
    [],
    'pending: it lacks gvisor; it has iscsi-tools:v0.2.0, and v0.3.0 is expected',
  ],
  [
    'a missing extension of an upgrade that is staged',
    { extensions: [{ name: 'gvisor' }] },
    [meta({ staged: 'installer:v1.14.1' })],
    'blocked by upgrade-confirmed worker-1: it lacks gvisor',
  ],
  [
    'extensions that a reader may not read',
    { extensions: [{ name: 'gvisor' }] },
    [facetFailed('worker-1', 'extensions', { kind: 'not-authorized', message: 'not authorized' })],
    'fail: its system extensions and its schematic cannot be read: not authorized',
  ],
] as const satisfies readonly (readonly [string, CheckOptions['expected'], readonly Fault[], string])[]) {
  test(`expected-image: ${what}`, () => {
    assert.equal(lineOf('expected-image', 'worker-1', expects(expected), ...faults), line);
  });
}
