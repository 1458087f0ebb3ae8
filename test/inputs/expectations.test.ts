import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseVersion } from '../../src/inputs/expectations.ts';
import { optionsOf, problemsOf } from './parse.ts';

test('nothing is expected by default', async () => {
  const { expected, certificate } = await optionsOf({});
  assert.deepEqual(expected, {});
  assert.deepEqual(certificate, { minDays: 14, expiry: 'warn' });
});

test('counts, versions and days are parsed', async () => {
  const { expected, certificate } = await optionsOf({
    'expected-control-planes': '3',
    'expected-workers': '0',
    'expected-talos-version': 'v1.14',
    'expected-kubernetes-version': '1.36.1',
    'min-certificate-days': '30',
  });
  assert.deepEqual(expected, { controlPlanes: 3, workers: 0, talosVersion: '1.14', kubernetesVersion: '1.36.1' });
  assert.deepEqual(certificate, { minDays: 30, expiry: 'warn' });
});

test('a schematic and extensions are parsed, with or without what is around their names', async () => {
  const { expected } = await optionsOf({
    'expected-schematic': 'C9078F94, 376567988ad370138ad8b2698212367b8edcb69b5fd68c80be1f2ec7d603b4ba',
    'expected-extensions': 'iscsi-tools:v0.2.0 siderolabs/gvisor\nghcr.io/siderolabs/i915:20250505.0-v1.14.0',
  });
  assert.deepEqual(expected, {
    schematics: ['c9078f94', '376567988ad370138ad8b2698212367b8edcb69b5fd68c80be1f2ec7d603b4ba'],
    extensions: [
      { name: 'iscsi-tools', version: 'v0.2.0' },
      { name: 'gvisor' },
      { name: 'i915', version: '20250505.0-v1.14.0' },
    ],
  });
});

test('what is no schematic and no extension is a problem', async () => {
  assert.deepEqual(await problemsOf({ 'expected-schematic': 'latest', 'expected-extensions': 'a:b:c' }), [
    {
      input: 'expected-schematic',
      expected: 'the id of a schematic of the Image Factory, or its first 8 hexadecimal digits or more',
      got: '"latest"',
    },
    {
      input: 'expected-extensions',
      expected: 'the name of a system extension, with or without its version, such as iscsi-tools:v0.2.0',
      got: '"a:b:c"',
    },
  ]);
});

for (const [text, version] of [
  ['1', '1'],
  ['v1.14', '1.14'],
  ['1.14.0', '1.14.0'],
  ['v1.14.0-rc.1', '1.14.0-rc.1'],
] as const) {
  test(`${text} is a version`, () => assert.deepEqual(parseVersion(text), { ok: true, value: version }));
}

for (const text of ['latest', '1.x', '1.14-rc.1', 'v', '1.14.0.1', '']) {
  test(`"${text}" is not a version`, () => assert.equal(parseVersion(text).ok, false));
}

test('all invalid expectations are reported at once', async () => {
  const number = 'a whole number from 0 to 100000';
  const version = 'a version such as 1.14.0 or v1.14.0-rc.1, or 1.14 for any release of it';
  assert.deepEqual(
    await problemsOf({
      'expected-control-planes': '0',
      'expected-workers': '3+',
      'expected-talos-version': 'latest',
      'expected-kubernetes-version': 'stable',
      'min-certificate-days': '-1',
    }),
    [
      {
        input: 'expected-control-planes',
        expected: 'at least 1',
        got: '"0"',
        hint: 'there is no cluster without a control plane',
      },
      { input: 'expected-workers', expected: number, got: '"3+"' },
      { input: 'expected-talos-version', expected: version, got: '"latest"' },
      { input: 'expected-kubernetes-version', expected: version, got: '"stable"' },
      { input: 'min-certificate-days', expected: 'a whole number from 0 to 3650', got: '"-1"' },
    ],
  );
});

test('more expected nodes than the given lists have is a problem', async () => {
  const lists = { 'control-plane-nodes': '10.0.0.1 10.0.0.2', 'worker-nodes': '10.0.0.3' };
  const hint = 'the lists that are given are the cluster: leave both out to have it discovered';
  assert.deepEqual(await problemsOf({ ...lists, 'expected-control-planes': '3', 'expected-workers': '2' }), [
    {
      input: 'expected-control-planes',
      expected: 'at most as many as control-plane-nodes has, which is 2',
      got: '3',
      hint,
    },
    { input: 'expected-workers', expected: 'at most as many as worker-nodes has, which is 1', got: '2', hint },
  ]);
  assert.deepEqual((await optionsOf({ ...lists, 'expected-workers': '1' })).expected, { workers: 1 });
});

test('with given workers, control planes are discovered and can be expected', async () => {
  const { workerNodes, expected } = await optionsOf({ 'worker-nodes': '10.0.0.3', 'expected-control-planes': '3' });
  assert.deepEqual([workerNodes, expected], [['10.0.0.3'], { controlPlanes: 3 }]);
});
