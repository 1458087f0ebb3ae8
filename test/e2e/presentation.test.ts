import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type SimulatedCluster, startCluster } from '../../sim/cluster.ts';
import { temporaryFolder } from '../builders/folder.ts';
import { runAction, runCli } from './processes.ts';

let cluster: SimulatedCluster;
let folder = '';
/** Runs a single round on a cluster in which the kubelet of worker-2 has failed. */
let look: readonly string[] = [];

before(async () => {
  cluster = await startCluster();
  await cluster.fault('kubelet-failed', 'worker-2');
  folder = temporaryFolder();
  const path = join(folder, 'talosconfig');
  await writeFile(path, cluster.talosconfig('os:reader'), { mode: 0o600 });
  look = ['--talosconfig', path, '--wait-timeout', '0'];
});
after(() => cluster[Symbol.asyncDispose]());

test('--output json: standard output has only the report', async () => {
  const { code, stdout, stderr } = await runCli([...look, '--output', 'json']);
  assert.equal(code, 1);
  assert.equal(JSON.parse(stdout).verdict, 'unhealthy');
  assert.match(
    stderr,
    /^✅ connectivity: ok, 5 nodes\n[\s\S]*^❌ demo: not healthy: worker-2: [^\n]*, as it is now\n/m,
  );
});

test('--output json: invalid inputs give a report too', async () => {
  const { code, stdout } = await runCli(['-o', 'json', '--wait-timeout', 'long', '--talosconfig', 'nowhere']);
  assert.equal(code, 2);
  assert.equal(JSON.parse(stdout).problems.length, 2);
});

test('--quiet: the output has the verdict and its causes, and no progress', async () => {
  const { code, stdout, stderr } = await runCli([...look, '--quiet']);
  assert.equal(code, 1);
  assert.match(stdout, /^❌ demo: not healthy: worker-2: [^\n]*, as it is now\n❌ worker-2: [^\n]*\n$/);
  assert.equal(stderr, '');
});

test('--quiet --output json: standard error is empty', async () => {
  const { stdout, stderr } = await runCli([...look, '--quiet', '--output=json']);
  assert.equal(JSON.parse(stdout).verdict, 'unhealthy');
  assert.equal(stderr, '');
});

test('--junit-file writes JUnit XML, and --log-lines adds logs', async () => {
  const junit = join(folder, 'deep', 'junit.xml');
  const { stdout } = await runCli([...look, '--junit-file', junit, '--log-lines', '2']);
  assert.match(await readFile(junit, 'utf8'), /<testcase name="services on worker-2" [^>]*><failure /);
  assert.match(stdout, /^Log of kubelet on worker-2, its end:\n {3}.*\n {3}.*level=error.*$/m);
});

test('--message-file writes the verdict and its causes as text', async () => {
  const message = join(folder, 'termination-log');
  // As in a container, where the file is already there.
  await writeFile(message, '');
  const { stdout } = await runCli([...look, '--message-file', message, '--quiet']);
  const text = await readFile(message, 'utf8');
  assert.ok(text.startsWith(`${stdout.split('\n', 1)[0]}\n`), text);
  assert.match(text, /\n❌ worker-2: [^\n]*\n {3}check services/);
  const { stderr } = await runCli([...look, '--quiet', '--message-file', '/dev/null/message']);
  assert.match(stderr, /^the message could not be written to \/dev\/null\/message: E/);
});

test('a log has no colour, unless it is forced', async () => {
  const plain = await runCli([...look, '--quiet']);
  assert.ok(!plain.stdout.includes('\u001b'));
  const coloured = await runCli([...look, '--quiet'], { FORCE_COLOR: '1' });
  assert.ok(coloured.stdout.startsWith('\u001b[31m❌'));
});

test('the action groups its log on a runner, and writes the JUnit file', async () => {
  const junit = join(folder, 'action.xml');
  const talosconfig = cluster.talosconfig('os:reader');
  const inputs = { talosconfig, 'wait-timeout': '0', 'junit-file': junit };
  const { stdout } = await runAction(inputs, { GITHUB_ACTIONS: 'true' });
  assert.match(stdout, /^::group::❌ readiness: 1 failing/m);
  assert.equal(stdout.match(/^::group::/gm)?.length, stdout.match(/^::endgroup::$/gm)?.length);
  // Annotations come before, since people read a log from its end.
  assert.match(stdout, /^::error .*\n(.*\n)*::endgroup::\n\n❌ demo: not healthy: [^:]+: .*\n(?!::)/m);
  assert.doesNotMatch(stdout.slice(stdout.lastIndexOf('::endgroup::')), /^::error/m);
  assert.match(await readFile(junit, 'utf8'), /^<\?xml version="1.0" encoding="UTF-8"\?>\n<testsuites /);
});

test('a job of GitLab folds the stages into sections, and ends with the verdict', async () => {
  const { stdout } = await runCli(look, { GITLAB_CI: 'true' });
  // biome-ignore lint/suspicious/noControlCharactersInRegex: GitLab's markers have them
  const marker = /^\u001b\[0Ksection_(start|end):\d+:talos-health-[a-z0-9-]+(\[collapsed=true\])?\r\u001b\[0K/;
  const lines = stdout.split('\n');
  const markers = lines.flatMap((line, index) => (marker.test(line) ? index : []));
  assert.ok(markers.length > 14 && markers.length % 2 === 0);
  assert.match(lines.slice((markers.at(-1) ?? 0) + 1).join('\n'), /^\n❌ demo: not healthy: worker-2: /);
});

test('if a file cannot be written, the verdict is the same', async () => {
  const { code, stderr } = await runCli([...look, '--quiet', '--junit-file', '/dev/null/junit.xml']);
  assert.equal(code, 1);
  assert.match(stderr, /^the JUnit report could not be written to \/dev\/null\/junit\.xml: E/);
});
