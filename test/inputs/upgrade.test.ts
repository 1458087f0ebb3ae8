import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inputsAfter } from '../../src/inputs/command.ts';
import { missingInputs, presetOf } from '../../src/inputs/commands.ts';
import { optionsOf, problemsOf } from './parse.ts';

test('no upgrade is judged by default', async () => {
  assert.equal((await optionsOf({})).upgrade, undefined);
});

test('the versions of an upgrade are parsed, each for itself', async () => {
  const both = await optionsOf({ 'upgrade-to': 'v1.14.2', 'upgrade-kubernetes-to': '1.36' });
  assert.deepEqual(both.upgrade, { talos: '1.14.2', kubernetes: '1.36' });
  assert.deepEqual((await optionsOf({ 'upgrade-to': '1.15.0-beta.1' })).upgrade, { talos: '1.15.0-beta.1' });
});

test('a version without a minor part and a word are problems, all at once', async () => {
  assert.deepEqual(await problemsOf({ 'upgrade-to': 'v1', 'upgrade-kubernetes-to': 'latest' }), [
    {
      input: 'upgrade-to',
      expected: 'a version with at least a major and a minor part, such as 1.14.2 or 1.14',
      got: '"v1"',
    },
    {
      input: 'upgrade-kubernetes-to',
      expected: 'a version such as 1.14.0 or v1.14.0-rc.1, or 1.14 for any release of it',
      got: '"latest"',
    },
  ]);
});

test('the nodes of safe-to-reboot are parsed, each once', async () => {
  assert.equal((await optionsOf({})).safeToReboot, undefined);
  const { safeToReboot } = await optionsOf({ 'safe-to-reboot': 'worker-2, 10.0.0.1 Worker-2' });
  assert.deepEqual(safeToReboot, ['worker-2', '10.0.0.1']);
});

test('with safe-to-reboot no input may leave nodes or stages out', async () => {
  const raw = { 'safe-to-reboot': 'cp-1', 'only-nodes': 'cp-1', until: 'etcd', profile: 'pre-cni' };
  assert.deepEqual(
    (await problemsOf(raw)).map(({ input, got }) => [input, got]),
    [
      ['only-nodes', '"cp-1"'],
      ['until', '"etcd"'],
      ['profile', '"pre-cni"'],
    ],
  );
  assert.deepEqual(await problemsOf({ 'safe-to-reboot': 'cp-1:6443' }).then((all) => all.map(({ input }) => input)), [
    'safe-to-reboot',
  ]);
});

test('the gate after a command does not judge what was ahead before it', () => {
  const raw = { 'upgrade-to': '1.14', 'upgrade-kubernetes-to': '1.36', 'safe-to-reboot': 'cp-1', 'wait-timeout': '1m' };
  assert.deepEqual(inputsAfter(raw), { 'wait-timeout': '1m' });
});

test('safe-to-reboot looks once, and needs a node', () => {
  const order = { name: 'safe-to-reboot', nodes: [] } as const;
  assert.deepEqual(presetOf(order), { 'wait-timeout': '0' });
  assert.deepEqual(
    missingInputs(order, {}).map(({ hint }) => hint),
    ['talos-health safe-to-reboot NODE...'],
  );
  assert.deepEqual(missingInputs(order, { 'safe-to-reboot': 'cp-1' }), []);
});

test('preflight looks once, and needs a version', () => {
  const preflight = { name: 'preflight' } as const;
  assert.deepEqual(presetOf(preflight), { 'wait-timeout': '0' });
  assert.deepEqual(presetOf({ name: 'gate' }), {});
  assert.deepEqual(
    missingInputs(preflight, {}).map(({ hint }) => hint),
    ['talos-health preflight --to VERSION'],
  );
  assert.deepEqual(missingInputs(preflight, { 'upgrade-kubernetes-to': '1.36' }), []);
  assert.deepEqual(missingInputs({ name: 'gate' }, {}), []);
});
