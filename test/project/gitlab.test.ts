import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { load } from 'js-yaml';
import { actionInputs, flagInputs } from '../../src/inputs/table.ts';
import { readVariables, unknownVariables } from '../../src/inputs/variables.ts';
import { version } from '../../src/version.ts';
import { temporaryFolder } from '../builders/folder.ts';
import { at, entries, list } from './files.ts';
import { assertValid } from './options.ts';

const [spec = '', template = ''] = readFileSync('templates/talos-health.yml', 'utf8').split(/^---$/m);
const inputs = entries(at(load(spec), 'spec', 'inputs')).map(([name, body]) => [name, at(body, 'default')] as const);
const forTheJob = ['stage', 'job-name', 'tags', 'order', 'needs', 'rules', 'image', 'version', 'digest'];

/** GitLab inserts values other than strings as JSON. `whole`: the input is the whole value in the YAML. */
function written(value: unknown, whole: boolean): string {
  if (typeof value !== 'string') return JSON.stringify(value);
  return whole && value === '' ? "''" : value;
}

/** The only job that is not hidden, with these inputs. */
function jobWith(given: Readonly<Record<string, unknown>> = {}) {
  const all = new Map([...inputs, ...Object.entries(given)]);
  const text = template.replace(/(: )?\$\[\[ inputs\.([\w-]+) \]\]/g, (_, before: string = '', name: string) => {
    assert(all.has(name), `${name} is not an input`);
    return `${before}${written(all.get(name), before !== '')}`;
  });
  const jobs = entries(load(text));
  const [[name, own] = [], ...others] = jobs.filter(([key]) => !key.startsWith('.'));
  assert.deepEqual(others, []);
  const base = jobs.find(([key]) => key === at(own, 'extends'))?.[1];
  assert(base !== undefined, `there is no job ${at(own, 'extends')}`);
  return { name, job: Object.fromEntries([...entries(base), ...entries(own)]) };
}

const folder = temporaryFolder();

/** Runs the script of the job with a fake gate, which prints its arguments and environment, and ends with this code. */
function runScript(job: unknown, code = 0, variables: Readonly<Record<string, string>> = {}) {
  const printed = '{ args: process.argv.slice(2), env: process.env }';
  const stub = `#!${process.execPath}\nconsole.log(JSON.stringify(${printed})); process.exitCode = ${code};\n`;
  writeFileSync(join(folder, 'talos-health'), stub);
  chmodSync(join(folder, 'talos-health'), 0o755);
  const env = { ...Object.fromEntries(entries(at(job, 'variables'))), ...variables, PATH: `${folder}:/usr/bin:/bin` };
  const script = list(at(job, 'script')).join('\n');
  const { status, stdout } = spawnSync('/bin/sh', ['-e', '-c', script], { env, encoding: 'utf8' });
  const call: unknown = JSON.parse(stdout);
  assert.deepEqual(at(call, 'args'), []);
  const given = Object.fromEntries(entries(at(call, 'env')).map(([name, value]) => [name, String(value)]));
  assert.deepEqual(unknownVariables(given), []);
  return { status, talosconfig: given['TALOSCONFIG'], raw: readVariables(given) };
}

test('the component has the inputs of its job, and those of the action that the command line has, except for summary', () => {
  const ofGate = flagInputs.filter((input) => !('commandLineOnly' in input) && input.name !== 'summary');
  assert.deepEqual(
    inputs.map(([name]) => name),
    [...forTheJob, ...ofGate.map(({ name }) => name)],
  );
  for (const [name] of entries(at(load(spec), 'spec', 'inputs'))) {
    assert.match(String(at(load(spec), 'spec', 'inputs', name, 'description')), /\.$/, name);
  }
});

test('by default, the component uses the image of this version and valid inputs', async () => {
  const { name, job } = jobWith();
  assert.equal(name, 'talos-health');
  assert.equal(at(job, 'image', 'name'), `ghcr.io/talos-health/talos-health:${version}-shell`);
  assert.deepEqual(at(job, 'artifacts', 'reports'), { junit: 'talos-health.xml' });
  const { raw } = runScript(job);
  await assertValid(raw);
  assert.equal(raw['junit-file'], 'talos-health.xml');
  assert.equal(raw['wait-timeout'], '10m');
});

test('numbers need no quotes, and the default for any number of nodes is not passed to the gate', () => {
  const numbers = actionInputs.filter(({ kind }) => kind === 'number').map(({ name }) => name);
  assert(numbers.length > 3);
  for (const name of numbers) {
    assert.equal(at(load(spec), 'spec', 'inputs', name, 'type'), 'number', name);
    assert.equal(typeof at(load(spec), 'spec', 'inputs', name, 'default'), 'number', name);
  }
  const { raw } = runScript(jobWith().job);
  assert.equal(raw['expected-workers'], undefined);
  assert.equal(raw['expected-control-planes'], undefined);
  assert.equal(raw['min-certificate-days'], '14');
  const given = runScript(jobWith({ 'expected-workers': 0, 'expected-control-planes': 3, 'log-lines': 20 }).job).raw;
  assert.equal(given['expected-workers'], '0');
  assert.equal(given['expected-control-planes'], '3');
  assert.equal(given['log-lines'], '20');
});

test('by default the job waits for earlier stages and is not in merge request pipelines', () => {
  const { job } = jobWith();
  assert.equal(at(job, 'stage'), 'test');
  assert.equal(at(job, 'needs'), undefined, 'with needs it would not wait for earlier stages');
  assert.deepEqual(at(job, 'tags'), []);
  assert.deepEqual(at(job, 'rules'), [{ if: '$CI_PIPELINE_SOURCE != "merge_request_event"' }]);
});

test('the input digest pins the image', () => {
  const digest = `@sha256:${'0'.repeat(64)}`;
  const image = `ghcr.io/talos-health/talos-health:${version}-shell`;
  assert.equal(at(jobWith({ digest }).job, 'image', 'name'), `${image}${digest}`);
});

test('the job takes tags, needs and rules', () => {
  const tags = ['private-network'];
  const needs = ['deploy', { job: 'build', optional: true }];
  const rules = [{ if: '$CI_COMMIT_BRANCH == "main"', when: 'manual' }];
  const { job } = jobWith({ 'job-name': 'cluster is healthy', stage: 'verify', order: 'needs', tags, needs, rules });
  assert.equal(at(job, 'stage'), 'verify');
  assert.deepEqual(at(job, 'tags'), tags);
  assert.deepEqual(at(job, 'needs'), needs);
  assert.deepEqual(at(job, 'rules'), rules);
});

test('inputs are passed to the gate unchanged, and the shell does not run them', () => {
  const checks = '{disk: warn} $(touch ran) `touch ran`; touch ran';
  const { raw } = runScript(jobWith().job, 0, {
    TALOS_HEALTH_CHECKS: checks,
    TALOS_HEALTH_NODES: '10.0.0.1, 10.0.0.2',
  });
  assert.equal(raw.checks, checks);
  assert.equal(raw.nodes, '10.0.0.1, 10.0.0.2');
});

test('credentials come from the input, otherwise from the variable of the project, and are never an argument', () => {
  const { job } = jobWith();
  const ofProject = runScript(job, 0, { TALOSCONFIG: '/builds/file' });
  assert.equal(ofProject.talosconfig, '/builds/file');
  assert.equal(ofProject.raw.talosconfig, undefined);
  const given = runScript(job, 0, { TALOSCONFIG: '/builds/file', TALOS_HEALTH_TALOSCONFIG: 'context: prod' });
  assert.equal(given.raw.talosconfig, 'context: prod');
});

test('the exit code of the job is that of the gate', () => {
  for (const code of [0, 1, 2, 3]) assert.equal(runScript(jobWith().job, code).status, code);
});
