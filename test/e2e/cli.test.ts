import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { startCluster } from '../../sim/cluster.ts';
import { version } from '../../src/version.ts';
import { temporaryFolder } from '../builders/folder.ts';
import { runCli } from './processes.ts';

async function talosconfigFile(text: string): Promise<string> {
  const path = join(temporaryFolder(), 'talosconfig');
  await writeFile(path, text, { mode: 0o600 });
  return path;
}

test('--version prints the version, and --help the flags', async () => {
  assert.equal((await runCli(['--version'])).stdout, `${version}\n`);
  const { stdout, code } = await runCli(['--help']);
  assert.equal(code, 0);
  assert.match(stdout, /--wait-timeout DURATION/);
});

test('a healthy cluster: the report is on standard output, progress on standard error', async () => {
  await using cluster = await startCluster();
  const path = await talosconfigFile(cluster.talosconfig('os:reader'));
  const { code, stdout, stderr } = await runCli(['--talosconfig', path, '--wait-timeout=30s']);
  assert.equal(code, 0, stderr);
  assert.match(stdout, /^✅ demo: healthy\n5 nodes \(3 control planes, 2 workers\), 5 healthy, /m);
  assert.match(stderr, /^✅ connectivity: ok, 5 nodes\n/);
});

test('TALOSCONFIG sets the talosconfig, and --report-file writes the report as JSON', async () => {
  await using cluster = await startCluster({ controlPlanes: 1, workers: 0 });
  const report = join(temporaryFolder(), 'deep', 'report.json');
  const env = { TALOSCONFIG: await talosconfigFile(cluster.talosconfig('os:reader')) };
  const { code } = await runCli(['--wait-timeout', '0', '--report-file', report], env);
  assert.equal(code, 0);
  const written = JSON.parse(await readFile(report, 'utf8'));
  assert.equal(written.verdict, 'healthy');
  assert.deepEqual(
    written.cluster.nodes.map(({ name }: { name: string }) => name),
    ['cp-1'],
  );
});

test('given nodes are the whole cluster, and only-nodes limits the checks to some nodes', async () => {
  await using cluster = await startCluster();
  await cluster.fault('node-dead', 'worker-2');
  await cluster.fault('node-cordoned', 'worker-1');
  const [first, second, third, fourth] = cluster.nodes.map(({ address }) => address);
  const path = await talosconfigFile(cluster.talosconfig('os:reader'));
  const lists = ['--control-plane-nodes', `${first},${second},${third}`, '--worker-nodes', `${fourth}`];
  const given = await runCli(['--talosconfig', path, '--wait-timeout', '0', ...lists]);
  assert.equal(given.code, 1);
  assert.match(given.stdout, /❌ worker-1: the Kubernetes node is cordoned/);
  assert.doesNotMatch(given.stdout, /❌ [^\n]*worker-2/);
  const narrowed = await runCli(['--talosconfig', path, '--wait-timeout', '0', '--only-nodes', 'cp-1,cp-2']);
  assert.equal(narrowed.code, 0, narrowed.stdout);
  assert.match(narrowed.stdout, /^✅ demo: healthy as far as judged: 2 of 5 nodes \(only-nodes\)\n/m);
});

test('an endpoint that is down or a worker is skipped', async () => {
  await using cluster = await startCluster();
  const [down, worker] = ['127.0.0.1:1', cluster.nodes.find(({ role }) => role === 'worker')?.endpoint];
  const path = await talosconfigFile(cluster.talosconfig('os:reader'));
  const endpoints = [down, worker, cluster.endpoints[1]].join(',');
  const { code, stdout } = await runCli(['--talosconfig', path, '--wait-timeout', '0', '-e', endpoints]);
  assert.equal(code, 0, stdout);
  assert.match(stdout, /⚠/);
});

test('with the talosconfig of another cluster, the report says so', async () => {
  await using cluster = await startCluster({ controlPlanes: 1, workers: 0 });
  const path = await talosconfigFile(cluster.talosconfig('os:reader', { signedBy: 'stranger', trusts: 'stranger' }));
  const { code, stdout } = await runCli(['--talosconfig', path, '--wait-timeout', '300ms', '--retry-interval', '50ms']);
  assert.equal(code, 1, stdout);
  assert.match(stdout, /❌ connectivity: /);
  assert.match(stdout, /another cluster/);
});

test('if no endpoint answers, the report has the reason, and the exit code is 1', async () => {
  await using cluster = await startCluster({ controlPlanes: 1, workers: 0 });
  const path = await talosconfigFile(cluster.talosconfig('os:reader', { endpoints: ['127.0.0.1:1'] }));
  const { code, stdout } = await runCli(['--talosconfig', path, '--wait-timeout', '0']);
  assert.equal(code, 1);
  assert.match(stdout, /ECONNREFUSED 127\.0\.0\.1:1/);
});

test('invalid arguments and values are in one message, and the exit code is 2', async () => {
  const { code, stdout } = await runCli(['health', '--rpc-timeout', 'soon'], { HOME: '/nonexistent' });
  assert.equal(code, 2);
  assert.match(stdout, /^❌ Invalid input: 3 problems\n/);
  assert.match(stdout, /leave it out: the gate needs no command/);
  assert.match(stdout, /^ {2}rpc-timeout: /m);
  assert.match(stdout, /^ {2}talosconfig: /m);
});

test('an unknown flag or variable is the one problem, with the nearest name, exit code 2', async () => {
  const env = { HOME: '/nonexistent' };
  const flag = await runCli(['--talosconfg', 'reader.yaml', '--context', 'prod'], env);
  assert.deepEqual(
    [flag.code, flag.stdout],
    [2, '❌ Invalid input: 1 problem\n  --talosconfg: unknown flag\n    did you mean --talosconfig?\n'],
  );
  const wrong = { TALOS_HEALTH_TALOSCONFG: 'reader.yaml', TALOS_HEALTH_TITLE: 'prod' };
  const variable = await runCli(['--context', 'prod'], { ...env, ...wrong });
  assert.equal(variable.code, 2);
  assert.match(variable.stdout, /^❌ prod: invalid input: 1 problem\n {2}TALOS_HEALTH_TALOSCONFG: unknown variable\n/);
  const demo = await runCli(['demo', '--scenaro', 'healthy'], { ...env, TALOS_HEALTH_TALOSCONFG: 'reader.yaml' });
  assert.equal(demo.code, 2);
  assert.match(
    demo.stdout,
    /^❌ Invalid input: 1 problem\n {2}--scenaro: unknown flag\n {4}did you mean --scenario\?\n/,
  );
});

test('each command has its own help; explain writes one check as JSON', async () => {
  for (const name of ['demo', 'checks', 'explain']) {
    const { code, stdout } = await runCli([name, '--help']);
    assert.equal(code, 0);
    assert.ok(stdout.startsWith(`talos-health ${name}: `), stdout);
  }
  const { code, stdout } = await runCli(['explain', 'etcd-quorum', '-o', 'json']);
  assert.equal(code, 0);
  assert.equal(JSON.parse(stdout).id, 'etcd-quorum');
});

test('a truncated talosconfig is a problem that does not quote it', async () => {
  await using cluster = await startCluster({ controlPlanes: 1, workers: 0 });
  const whole = cluster.talosconfig('os:reader');
  const path = await talosconfigFile(whole.slice(0, whole.length - 60));
  const { code, stdout, stderr } = await runCli(['--talosconfig', path]);
  assert.equal(code, 2);
  assert.match(stdout, /^ {2}talosconfig: expected /m);
  const [, key = ''] = /key: (\S+)/.exec(whole) ?? [];
  assert.ok(!`${stdout}${stderr}`.includes(key.slice(0, 30)));
});

test('the demo succeeds on a healthy cluster, and fails in a failing scenario', async () => {
  for (const scenario of ['healthy', 'omni']) {
    const { code, stdout } = await runCli(['demo', '--scenario', scenario]);
    assert.equal(code, 0, stdout);
  }
  const failing = await runCli(['demo', '--scenario', 'cordoned', '--wait-timeout', '0']);
  assert.equal(failing.code, 1);
  assert.match(failing.stdout, /cordoned/);
  const unknown = await runCli(['demo', '--scenario', 'nothing']);
  assert.equal(unknown.code, 2);
  assert.match(unknown.stdout, /There is no scenario "nothing"/);
});
