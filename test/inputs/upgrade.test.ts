import assert from 'node:assert/strict';
import { test } from 'node:test';
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
