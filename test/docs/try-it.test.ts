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

test('the first command of the README starts a cluster that becomes healthy', () => {
  assert.equal(commands[0], 'node dist/cli.cjs demo');
  const { status, stdout, stderr } = run('node dist/cli.cjs demo');
  assert.equal(status, 0, stderr);
  assert.match(stdout, /✅ demo: healthy\n5 nodes \(3 control planes, 2 workers\), 5 healthy/);
});

test('the list of scenarios has the one that the README names', () => {
  const scenarios = commands.flatMap(
    (command) => /^node dist\/cli\.cjs demo --scenario (\S+)$/.exec(command)?.[1] ?? [],
  );
  assert.deepEqual(scenarios, ['etcd-hung', 'list']);
  const { status, stdout } = run('node dist/cli.cjs demo --scenario list');
  assert.equal(status, 0);
  assert.match(stdout, /^ {2}etcd-hung /m);
});

test('the README runs the same demo through npm for older versions of Node', () => {
  assert.match(readFileSync('README.md', 'utf8'), /`npm ci && npm run demo`/);
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8'));
  assert.equal(scripts.demo, 'node dist/cli.cjs demo');
});

test('CI runs the test commands of the README', () => {
  assert.ok(commands.includes('npm ci && npm test'));
  assert.match(readFileSync('.ci/run', 'utf8'), /^npm ci\nnpm test$/m);
});
