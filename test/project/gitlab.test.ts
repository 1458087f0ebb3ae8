import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { load } from 'js-yaml';
import { actionInputs } from '../../src/inputs/table.ts';
import { readVariables } from '../../src/inputs/variables.ts';
import { version } from '../../src/version.ts';
import { at, entries, list } from './files.ts';
import { assertValid } from './options.ts';

const [spec = '', template = ''] = readFileSync('templates/talos-health.yml', 'utf8').split(/^---$/m);
const inputs = entries(at(load(spec), 'spec', 'inputs')).map(
  ([name, body]) => [name, String(at(body, 'default'))] as const,
);
const forTheJob = ['stage', 'job-name', 'image', 'version'];

/** The job of the component with these inputs. */
function jobWith(given: Readonly<Record<string, string>> = {}) {
  const all = new Map([...inputs, ...Object.entries(given)]);
  const text = template.replace(/\$\[\[ inputs\.([\w-]+) \]\]/g, (_, name: string) => {
    const value = all.get(name);
    assert(value !== undefined, `${name} is not an input`);
    return value === '' ? "''" : value;
  });
  const jobs = entries(load(text));
  assert.equal(jobs.length, 1);
  return { name: jobs[0]?.[0], job: jobs[0]?.[1] };
}

const folder = mkdtempSync(join(tmpdir(), 'talos-health-gitlab-'));
after(() => rmSync(folder, { recursive: true }));

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
  return { status, talosconfig: given['TALOSCONFIG'], raw: readVariables(given) };
}

test('the component has the inputs of its job, and those of the action except for summary and run', () => {
  assert.deepEqual(
    inputs.map(([name]) => name),
    [...forTheJob, ...actionInputs.map(({ name }) => name).filter((name) => name !== 'summary' && name !== 'run')],
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
