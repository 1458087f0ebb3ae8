import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { load, loadAll } from 'js-yaml';
import { filesWithReferences, updateReferences } from '../../scripts/release/references.ts';
import { parseFlags } from '../../src/inputs/flags.ts';
import { actionInputs } from '../../src/inputs/table.ts';
import { version } from '../../src/version.ts';
import { at, entries, list, steps, yaml, yamlFiles } from './files.ts';
import { assertValid, serviceAccountKey } from './options.ts';

const action = yaml('action.yml');
const names: readonly string[] = actionInputs.map(({ name }) => name);
const workflows = [...yamlFiles('examples/github'), ...yamlFiles('examples/forgejo')];

/** The values of the expressions in the examples. */
const values: Readonly<Record<string, string>> = {
  'secrets.TALOSCONFIG': 'given by the test',
  'secrets.OMNI_SERVICE_ACCOUNT_KEY': serviceAccountKey,
  'inputs.version': '1.14.0',
  'matrix.cluster': 'staging',
  'matrix.node': '10.0.0.2',
};

function expand(value: unknown): string {
  assert(typeof value === 'string', `${value}: inputs of an action are texts, so numbers are quoted`);
  return value.replace(/\$\{\{ (.*?) \}\}/g, (_, expression: string) => {
    const known = values[expression];
    assert(known, `the test has no value for ${expression}`);
    return known;
  });
}

test('there are examples for the common use cases', () => {
  assert.deepEqual(workflows, [
    'examples/github/matrix.yml',
    'examples/github/omni.yml',
    'examples/github/post-bootstrap.yml',
    'examples/github/pre-deploy.yml',
    'examples/github/schedule.yml',
    'examples/github/upgrade-in-one-step.yml',
    'examples/github/upgrade-kubernetes.yml',
    'examples/github/upgrade.yml',
    'examples/forgejo/health.yml',
  ]);
});

for (const path of workflows) {
  const workflow = yaml(path);
  const gates = steps(workflow).filter(({ step }) => /talos-health@/.test(String(at(step, 'uses'))));

  test(`${path}: the inputs are valid`, async () => {
    assert(gates.length > 0, 'an example has the gate');
    for (const { step } of gates) {
      const inputs = entries(at(step, 'with')).map(([name, value]) => [name, expand(value)] as const);
      for (const [name] of inputs) assert(names.includes(name), `${name} is not an input`);
      await assertValid(Object.fromEntries(inputs));
    }
  });

  test(`${path}: the outputs and steps in its expressions exist`, () => {
    const text = readFileSync(path, 'utf8');
    const gateIds = gates.map(({ step }) => at(step, 'id'));
    for (const [reference, id = '', output = ''] of text.matchAll(/steps\.([\w-]+)\.outputs\.([\w-]+)/g)) {
      assert(gateIds.includes(id), reference);
      assert.notEqual(at(action, 'outputs', output), undefined, reference);
    }
  });
}

test('the example for GitLab: the component has the inputs, and they are valid', async () => {
  const [spec] = readFileSync('templates/talos-health.yml', 'utf8').split(/^---$/m);
  const component = at(load(spec ?? ''), 'spec', 'inputs');
  for (const include of list(at(yaml('examples/gitlab/.gitlab-ci.yml'), 'include'))) {
    const inputs = entries(at(include, 'inputs'));
    for (const [name] of inputs) assert.notEqual(at(component, name), undefined, `${name} is not an input`);
    await assertValid(
      Object.fromEntries(inputs.filter(([name]) => names.includes(name)).map(([name, value]) => [name, String(value)])),
    );
  }
});

/** Fails if the Pod Security Standard `restricted` does not admit the pod. */
function assertRestricted(pod: unknown): void {
  const [container] = list(at(pod, 'containers'));
  assert.deepEqual(at(pod, 'securityContext'), { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
  assert.equal(at(container, 'securityContext', 'allowPrivilegeEscalation'), false);
  assert.deepEqual(at(container, 'securityContext', 'capabilities'), { drop: ['ALL'] });
}

test('the health check for Omni: the flags are valid, and the namespace may be a restricted one', async () => {
  const pod = at(yaml('examples/omni/health-check-job.yml'), 'spec', 'template', 'spec');
  const [container] = list(at(pod, 'containers'));
  const { raw, problems } = parseFlags(list(at(container, 'args')).map(String));
  assert.deepEqual(problems, []);
  await assertValid({ ...raw, 'omni-service-account-key': serviceAccountKey });
  const [variable] = list(at(container, 'env'));
  assert.equal(at(variable, 'name'), 'OMNI_SERVICE_ACCOUNT_KEY');
  assertRestricted(pod);
});

test('the health check for Omni gives itself up after the gate has', () => {
  const job = at(yaml('examples/omni/health-check-job.yml'), 'spec');
  const [container] = list(at(job, 'template', 'spec', 'containers'));
  const { raw } = parseFlags(list(at(container, 'args')).map(String));
  const [, minutes] = /^(\d+)m$/.exec(raw['wait-timeout'] ?? '') ?? [];
  assert.ok(Number(minutes) * 60 < Number(at(job, 'activeDeadlineSeconds')));
  assert.equal(raw['message-file'], at(container, 'terminationMessagePath') ?? '/dev/termination-log');
});

test('the example for tuppr: the flags are valid, the namespace may be a restricted one, and the look ends within its minute', async () => {
  const documents = loadAll(readFileSync('examples/tuppr/upgrade.yml', 'utf8'));
  const of = (kind: string) => documents.find((document) => at(document, 'kind') === kind);
  const cron = of('CronJob');
  const job = at(cron, 'spec', 'jobTemplate', 'spec');
  const pod = at(job, 'template', 'spec');
  const [container] = list(at(pod, 'containers'));
  const { raw, problems } = parseFlags(list(at(container, 'args')).map(String));
  assert.deepEqual(problems, []);
  await assertValid(raw);
  assert.ok(Number.parseInt(raw['wait-timeout'] ?? '', 10) < Number(at(job, 'activeDeadlineSeconds')));
  assert.ok(Number(at(job, 'activeDeadlineSeconds')) < 60);
  assertRestricted(pod);
  const [volume] = list(at(pod, 'volumes'));
  const [mount] = list(at(container, 'volumeMounts'));
  assert.equal(at(volume, 'secret', 'secretName'), at(of('ServiceAccount'), 'metadata', 'name'));
  assert.equal(at(mount, 'mountPath'), '/var/run/secrets/talos.dev');
  const [check] = list(at(of('TalosUpgrade'), 'spec', 'healthChecks'));
  assert.equal(at(check, 'name'), at(cron, 'metadata', 'name'));
  assert.equal(at(check, 'namespace'), at(cron, 'metadata', 'namespace'));
});

for (const path of filesWithReferences()) {
  test(`${path} refers to the current version`, () => {
    const text = readFileSync(path, 'utf8');
    assert.equal(updateReferences(text, version), text);
  });
}

test('a release updates every reference', () => {
  const references = [
    'talos-health/talos-health@v0',
    '$CI_SERVER_FQDN/mirrors/talos-health/talos-health@v0',
    'npx talos-health@0.1.0',
    'ghcr.io/talos-health/talos-health:0.1.0-shell',
    'raw.githubusercontent.com/talos-health/talos-health/v0.1.0/templates',
  ];
  assert.deepEqual(
    references.map((text) => updateReferences(text, '2.3.4')),
    [
      'talos-health/talos-health@v2',
      '$CI_SERVER_FQDN/mirrors/talos-health/talos-health@v2',
      'npx talos-health@2.3.4',
      'ghcr.io/talos-health/talos-health:2.3.4-shell',
      'raw.githubusercontent.com/talos-health/talos-health/v2.3.4/templates',
    ],
  );
});
