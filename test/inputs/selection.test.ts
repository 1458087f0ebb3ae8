import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stages } from '../../src/checks/check.ts';
import { registry } from '../../src/checks/registry.ts';
import { profiles } from '../../src/inputs/profiles.ts';
import { inputs, type RawInputs } from '../../src/inputs/table.ts';
import { optionsOf, problemsOf } from './parse.ts';

const ids = registry.map(({ id }) => id);

/** The checks that a policy changes, such as `disk: warn`. */
async function policiesOf(raw: RawInputs): Promise<readonly string[]> {
  const { policies } = await optionsOf(raw);
  return [...policies].map(([id, { policy }]) => `${id}: ${policy}`);
}

const after = (stage: (typeof stages)[number]): readonly string[] =>
  registry.filter((check) => stages.indexOf(check.stage) > stages.indexOf(stage)).map(({ id }) => `${id}: skip`);

test('by default, every check must pass', async () => {
  assert.deepEqual(await policiesOf({}), []);
  assert.deepEqual(await policiesOf({ profile: 'default', checks: '{disk: fail}' }), []);
});

test('until skips later stages, and is the reason that the options give', async () => {
  assert.deepEqual(await policiesOf({ until: 'etcd' }), after('etcd'));
  const { policies, until } = await optionsOf({ until: 'etcd' });
  assert.deepEqual(policies.get('node-ready'), {
    policy: 'skip',
    input: 'until',
    by: 'the input until, which ends with etcd',
  });
  assert.deepEqual(until, { stage: 'etcd', input: 'until' });
  assert.deepEqual((await optionsOf({ profile: 'pre-cni' })).until, { stage: 'static-pods', input: 'profile' });
});

test('checks is a YAML mapping, in block or flow style', async () => {
  assert.deepEqual(await policiesOf({ checks: 'disk: warn\nmemory: skip\n' }), ['memory: skip', 'disk: warn']);
  assert.deepEqual(await policiesOf({ checks: '{"disk": "warn", memory: skip}' }), ['memory: skip', 'disk: warn']);
});

test('the profile pre-cni ends with static pods, and skips checks that need the network', async () => {
  assert.deepEqual(await policiesOf({ profile: 'pre-cni' }), ['node-ready: skip', ...after('static-pods')]);
});

test('the profile strict makes warnings faults, and fails if a certificate expires soon', async () => {
  assert.deepEqual(await policiesOf({ profile: 'strict' }), [
    'topology: strict',
    'clock: strict',
    'services: strict',
    'disk-usage: strict',
    'volumes: strict',
    'image-cache: strict',
    'siderolink: strict',
    'upgrade-confirmed: strict',
    'extensions: strict',
    'upgrade-path: strict',
    'etcd-size: strict',
    'etcd-versions: strict',
    'api-server-endpoint: strict',
    'kubernetes-api: strict',
    'kubeprism: strict',
    'certificates: strict',
    'node-ready: strict',
    'version-skew: strict',
    'no-unexpected-nodes: strict',
  ]);
  assert.deepEqual((await optionsOf({ profile: 'strict' })).certificate, { minDays: 14, expiry: 'fail' });
});

test('inputs take precedence over the profile', async () => {
  const checks = { profile: 'pre-cni', checks: '{node-ready: fail, disk: skip}' };
  assert.deepEqual(await policiesOf(checks), ['disk: skip', ...after('static-pods')]);
  assert.deepEqual(await policiesOf({ profile: 'pre-cni', until: 'control-plane' }), after('control-plane'));
  const strict = { profile: 'strict', until: 'etcd', checks: '{etcd-alarms: warn}' };
  assert.deepEqual(await policiesOf(strict), [
    'topology: strict',
    'clock: strict',
    'services: strict',
    'disk-usage: strict',
    'volumes: strict',
    'image-cache: strict',
    'siderolink: strict',
    'upgrade-confirmed: strict',
    'extensions: strict',
    'upgrade-path: strict',
    'etcd-alarms: warn',
    'etcd-size: strict',
    'etcd-versions: strict',
    ...after('etcd'),
  ]);
});

test('profiles only name existing checks and stages', () => {
  for (const { until = 'etcd', checks } of Object.values(profiles)) {
    assert.ok(
      stages.some((stage) => stage === until),
      until,
    );
    for (const id of checks.keys()) assert.ok(ids.includes(id), id);
  }
});

test('the description of until names every stage', () => {
  const description = inputs.find(({ name }) => name === 'until')?.description ?? '';
  for (const stage of stages) assert.ok(description.includes(stage), stage);
});

test('invalid ids, policies, stages and numbers are reported at once, with the valid values', async () => {
  const raw = {
    profile: 'pre_cni',
    until: 'node-ready',
    checks: '{dsk: warn, disk: ignore, memory: {a: b}, topology: warn, credentials: skip, api-reachable: fail}',
    'ignore-diagnostics': 'kubelet-csr Bad!Id',
    cordoned: 'skip',
    'min-healthy-workers': '120%',
    'only-nodes': 'worker-* 10.0.0.1:6443 {a}*',
  };
  const words = 'fail, warn or skip';
  const rely = 'to be left out or fail: without it nothing that the others say can be relied on';
  assert.deepEqual(await problemsOf(raw), [
    { input: 'profile', expected: 'pre-cni, default or strict', got: '"pre_cni"', hint: 'did you mean pre-cni?' },
    {
      input: 'only-nodes',
      expected: 'a name, an address, controlplane, worker, or a pattern such as worker-*',
      got: '"10.0.0.1:6443"',
      hint: 'leave out :6443: the endpoint asks every node on port 50000',
    },
    {
      input: 'only-nodes',
      expected: 'a name, an address, controlplane, worker, or a pattern such as worker-*',
      got: '"{a}*"',
    },
    {
      input: 'until',
      expected: `${stages.slice(0, -1).join(', ')} or ${stages.at(-1)}`,
      got: '"node-ready"',
      hint: 'that is a check, of the stage nodes',
    },
    {
      input: 'checks',
      expected: 'the id of a check',
      got: '"dsk"',
      hint: 'did you mean disk?',
    },
    { input: 'checks', expected: `"disk" to be ${words}`, got: '"ignore"' },
    { input: 'checks', expected: `"memory" to be ${words}`, got: 'something else than a word' },
    { input: 'checks', expected: `topology ${rely}`, got: 'topology: warn' },
    { input: 'checks', expected: `credentials ${rely}`, got: 'credentials: skip' },
    {
      input: 'ignore-diagnostics',
      expected: "ids of Talos's diagnostics, such as address-overlap",
      got: '"Bad!Id"',
    },
    { input: 'cordoned', expected: 'fail, warn or ignore', got: '"skip"' },
    {
      input: 'min-healthy-workers',
      expected: 'a number of workers, or a percentage from 0% to 100%, such as 3 or 80%',
      got: '"120%"',
    },
  ]);
});

test('contradictory inputs are a problem', async () => {
  assert.deepEqual(await problemsOf({ until: 'etcd', checks: '{node-ready: warn, disk: fail}' }), [
    {
      input: 'checks',
      expected: 'checks of the stages up to etcd, where the input until ends',
      got: 'node-ready: warn, of the stage nodes',
    },
  ]);
  assert.deepEqual(await problemsOf({ cordoned: 'warn', until: 'etcd' }), [
    {
      input: 'cordoned',
      expected: 'the check node-schedulable to be judged',
      got: '"warn", while the input until, which ends with etcd skips it',
    },
  ]);
});

test('if checks is not a mapping, the problem does not quote it', async () => {
  const expected = 'a YAML map of check ids to fail, warn or skip, such as {disk: warn, diagnostics: skip}';
  assert.deepEqual(await problemsOf({ checks: 'disk' }), [
    { input: 'checks', expected, got: 'text that is not a YAML mapping' },
  ]);
  assert.deepEqual(await problemsOf({ checks: '{disk: warn' }), [
    {
      input: 'checks',
      expected,
      got: 'text that is not valid YAML: unexpected end of the stream within a flow collection in line 1, column 12',
    },
  ]);
});

test('only-nodes, ignore-diagnostics, cordoned and min-healthy-workers are parsed', async () => {
  const { onlyNodes, ignoreDiagnostics, cordoned, minHealthyWorkers } = await optionsOf({
    'only-nodes': 'Worker-* cp-1,cp-1 control-plane worker ::ffff:10.0.0.1',
    'ignore-diagnostics': 'kubelet-csr, address-overlap kubelet-csr',
    cordoned: 'warn',
    'min-healthy-workers': '80 %',
  });
  assert.deepEqual(onlyNodes, ['worker-*', 'cp-1', 'controlplane', 'worker', '10.0.0.1']);
  assert.deepEqual(ignoreDiagnostics, ['kubelet-csr', 'address-overlap']);
  assert.equal(cordoned, 'warn');
  assert.deepEqual(minHealthyWorkers, { percent: 80 });
  assert.deepEqual((await optionsOf({ 'min-healthy-workers': '3' })).minHealthyWorkers, { count: 3 });
});
