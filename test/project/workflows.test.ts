import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { at, entries, steps, yaml, yamlFiles } from './files.ts';

const own = yamlFiles('.github/workflows');
const examples = yamlFiles('examples/github');

/** Third-party actions in `uses:`, with the pin and its comment. */
function uses(path: string): readonly { readonly action: string; readonly pin: string }[] {
  const lines = readFileSync(path, 'utf8').matchAll(/^\s*(?:- )?uses: ([^@\s]+)(@.*)$/gm);
  const all = [...lines].map(([, action = '', pin = '']) => ({ action, pin }));
  return all.filter(({ action }) => !action.endsWith('talos-health/talos-health'));
}

for (const path of own) {
  const workflow = yaml(path);

  test(`${path}: each job has its own permissions and a timeout`, () => {
    assert.deepEqual(at(workflow, 'permissions'), {});
    assert.notEqual(at(workflow, 'concurrency'), undefined);
    for (const [job, body] of entries(at(workflow, 'jobs'))) {
      assert.notEqual(at(body, 'permissions'), undefined, job);
      assert.equal(typeof at(body, 'timeout-minutes'), 'number', job);
    }
  });

  test(`${path}: a checkout does not persist its token, and no script has an expression`, () => {
    for (const { job, step } of steps(workflow)) {
      const name = `${job}: ${at(step, 'name')}`;
      assert.equal(typeof at(step, 'name'), 'string', name);
      assert.doesNotMatch(String(at(step, 'run')), /\$\{\{/, name);
      if (String(at(step, 'uses')).startsWith('actions/checkout@')) {
        assert.equal(at(step, 'with', 'persist-credentials'), false, name);
      }
    }
  });
}

test('every action is pinned to one commit, with its version in a comment', () => {
  const pins = new Map<string, string>();
  for (const { action, pin } of [...own, ...examples].flatMap(uses)) {
    assert.match(pin, /^@[0-9a-f]{40} # v\d+\.\d+\.\d+$/, action);
    assert.equal(pins.get(action) ?? pin, pin, action);
    pins.set(action, pin);
  }
  assert(pins.size > 0);
});

test('only a tag starts the release, and npm trusts the workflow instead of a token', () => {
  const release = yaml('.github/workflows/release.yml');
  assert.deepEqual(at(release, 'on'), { push: { tags: ['v[0-9]+.[0-9]+.[0-9]+'] } });
  assert.deepEqual(at(release, 'jobs', 'npm', 'permissions'), { contents: 'read', 'id-token': 'write' });
  assert.doesNotMatch(readFileSync('.github/workflows/release.yml', 'utf8'), /secrets\./);
});

test('the release publishes only after tests and builds, and to npm first', () => {
  const jobs = new Map(entries(at(yaml('.github/workflows/release.yml'), 'jobs')));
  const before = (job: string): readonly string[] => {
    const needs = [at(jobs.get(job), 'needs') ?? []].flat().map(String);
    return [...new Set([...needs, ...needs.flatMap(before)])].sort();
  };
  assert.deepEqual(before('npm'), ['attest', 'build-image', 'verify']);
  assert.deepEqual(before('image'), ['attest', 'build-image', 'npm', 'verify']);
  assert.deepEqual(before('release'), ['attest', 'build-image', 'image', 'npm', 'verify']);
  const writes = [...jobs].filter(([, body]) =>
    ['contents', 'packages'].some((scope) => at(body, 'permissions', scope) === 'write'),
  );
  assert.deepEqual(
    writes.map(([name]) => name),
    ['image', 'release'],
  );
});

test('the job ci, which the branch requires, needs every other job', () => {
  const jobs = entries(at(yaml('.github/workflows/ci.yml'), 'jobs')).map(([name]) => name);
  assert.deepEqual(
    at(yaml('.github/workflows/ci.yml'), 'jobs', 'ci', 'needs'),
    jobs.filter((name) => name !== 'ci'),
  );
});
