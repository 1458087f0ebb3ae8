import assert from 'node:assert/strict';
import { test } from 'node:test';
import { actionInputs } from '../../src/inputs/table.ts';
import { optionsOf, problemsOf } from './parse.ts';

test('the default of mode is client', async () => {
  assert.equal((await optionsOf({})).mode, 'client');
  assert.equal((await optionsOf({ mode: 'server' })).mode, 'server');
});

test('defaults from the action do not conflict with mode server', async () => {
  const defaults = Object.fromEntries(actionInputs.map(({ name, default: value }) => [name, value]));
  const { talosconfig: _, ...others } = defaults;
  assert.equal((await optionsOf({ ...others, mode: 'server' })).mode, 'server');
});

test('inputs that mode server does not support are problems, all at once', async () => {
  const leftOut = {
    expected: 'it to be left out, or mode to be client',
    got: 'a value, with mode: server',
    hint: 'the server has checks of its own',
  };
  const raw = {
    mode: 'server',
    'wait-timeout': '0',
    'stable-for': '1m',
    'only-nodes': 'cp-1',
    profile: 'strict',
    until: 'etcd',
    checks: '{disk: warn}',
    'ignore-diagnostics': 'kubelet-csr',
    cordoned: 'ignore',
    'min-healthy-workers': '1',
    'expected-workers': '1',
  };
  assert.deepEqual(await problemsOf(raw), [
    ...Object.keys(raw)
      .slice(3)
      .map((input) => ({ input, ...leftOut })),
    {
      input: 'wait-timeout',
      expected: 'more than 0 with mode: server',
      got: '"0"',
      hint: 'the server cannot take one look only; mode: client can',
    },
    {
      input: 'stable-for',
      expected: '0 with mode: server',
      got: '"1m"',
      hint: 'the server ends once the cluster is healthy; mode: client can go on',
    },
  ]);
});

test('an unknown mode is a problem', async () => {
  assert.deepEqual(await problemsOf({ mode: 'maybe' }), [
    { input: 'mode', expected: 'client or server', got: '"maybe"' },
  ]);
});
