import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fences } from './markdown.ts';

const commands = fences('README.md')
  .filter(({ language }) => language === 'sh')
  .flatMap(({ text }) => text.trim().split('\n'));

function run(command: string) {
  return spawnSync(command, { shell: true, encoding: 'utf8', timeout: 60_000 });
}

test('the first command of the README: a cluster comes up, and is healthy', () => {
  assert.equal(commands[0], 'node dist/cli.cjs demo');
  const { status, stdout, stderr } = run('node dist/cli.cjs demo');
  assert.equal(status, 0, stderr);
  assert.match(stdout, /✅ The cluster is healthy\nContext demo: 5 nodes \(3 control planes, 2 workers\), 5 healthy/);
});

test('the scenario that the README names is in the list that it names', () => {
  const scenarios = commands.flatMap(
    (command) => /^node dist\/cli\.cjs demo --scenario (\S+)$/.exec(command)?.[1] ?? [],
  );
  assert.deepEqual(scenarios, ['etcd-hung', 'list']);
  const { status, stdout } = run('node dist/cli.cjs demo --scenario list');
  assert.equal(status, 0);
  assert.match(stdout, /^ {2}etcd-hung /m);
});

test('with an older Node the same demo runs through npm', () => {
  assert.match(readFileSync('README.md', 'utf8'), /`npm ci && npm run demo`/);
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8'));
  assert.equal(scripts.demo, 'node dist/cli.cjs demo');
});

test('CI runs the tests as the README says', () => {
  assert.ok(commands.includes('npm ci && npm test'));
  assert.match(readFileSync('.ci/run', 'utf8'), /^npm ci\nnpm test$/m);
});
