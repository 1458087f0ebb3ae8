import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { startCluster } from '../../sim/cluster.ts';
import { temporaryFolder } from '../builders/folder.ts';
import { type ActionRun, runAction, startAction } from './processes.ts';

const quick = { 'wait-timeout': '0', 'rpc-timeout': '2s' };

/** All output and files of a run, except for its mask commands. */
async function outputOf({ stdout, stderr, summary, temp }: ActionRun): Promise<string> {
  const files = await readdir(temp, { recursive: true, withFileTypes: true });
  const contents = files
    .filter((file) => file.isFile())
    .map((file) => readFile(join(file.parentPath, file.name), 'utf8'));
  const log = stdout.split('\n').filter((line) => !line.startsWith('::add-mask::'));
  return [...log, stderr, summary, ...(await Promise.all(contents))].join('\n');
}

const decodedKey = (talosconfig: string): string => {
  const [, base64 = ''] = /key: (\S+)/.exec(talosconfig) ?? [];
  return Buffer.from(base64, 'base64').toString('utf8').split('\n')[1] ?? '';
};

for (const role of ['os:admin', 'os:operator', 'os:reader'] as const) {
  test(`a healthy cluster with ${role}: outputs and summary, and the key is only in masks`, async () => {
    await using cluster = await startCluster();
    const talosconfig = cluster.talosconfig(role);
    const run = await runAction({ talosconfig, 'wait-timeout': '1m' });
    assert.equal(run.code, 0, run.stdout);
    const { 'duration-seconds': duration, report = '', ...outputs } = run.outputs;
    assert.deepEqual(outputs, {
      healthy: 'true',
      verdict: 'healthy',
      'failed-stage': '',
      'failed-checks': '',
      'healthy-nodes': 'cp-1,cp-2,cp-3,worker-1,worker-2',
      'unhealthy-nodes': '',
      claim: '',
      'command-exit-code': '',
    });
    assert.ok(Number(duration) > 0);
    assert.equal(JSON.parse(await readFile(report, 'utf8')).verdict, 'healthy');
    assert.match(run.summary, /^## ✅ demo: healthy\n/);
    assert.doesNotMatch(run.stdout, /::error|::warning/);
    const secret = decodedKey(talosconfig);
    assert.equal(secret.length, 64);
    assert.ok(run.stdout.includes(`::add-mask::${secret}`));
    assert.ok(!(await outputOf(run)).includes(secret), 'key material outside of the masks');
  });
}

for (const from of ['the input', 'the environment'] as const) {
  test(`through Omni, with a key from ${from}: the key and each of its lines are only in masks`, async () => {
    await using cluster = await startCluster({ omni: true });
    assert.ok(cluster.omni !== undefined);
    const key = cluster.omni.createAccount('ci').encoded;
    const inputs = { ...quick, endpoints: cluster.omni.endpoint, cluster: 'demo', ca: cluster.omni.ca };
    const run =
      from === 'the input'
        ? await runAction({ ...inputs, 'omni-service-account-key': key })
        : await runAction(inputs, { OMNI_SERVICE_ACCOUNT_KEY: key });
    assert.equal(run.code, 0, run.stdout);
    const { pgp_key: armored } = JSON.parse(Buffer.from(key, 'base64').toString());
    const lines = String(armored)
      .split('\n')
      .filter((line) => /^[A-Za-z0-9+/]{30,}=*$/.test(line));
    assert.ok(lines.length > 1);
    for (const secret of [key, ...lines]) {
      assert.ok(run.stdout.includes(`::add-mask::${secret}`));
      assert.ok(!(await outputOf(run)).includes(secret), 'key material outside of the masks');
    }
  });
}

test('if a kubelet fails, the outputs and the summary have the stage, the check, the node and a command', async () => {
  await using cluster = await startCluster();
  await cluster.fault('kubelet-failed', 'worker-2');
  const address = cluster.nodes.find(({ name }) => name === 'worker-2')?.address;
  const run = await runAction({ ...quick, talosconfig: cluster.talosconfig('os:reader') });
  assert.equal(run.code, 1);
  assert.equal(run.outputs['verdict'], 'unhealthy');
  assert.equal(run.outputs['failed-stage'], 'readiness');
  assert.equal(run.outputs['failed-checks'], 'services');
  assert.equal(run.outputs['unhealthy-nodes'], 'worker-2');
  assert.equal(run.outputs['healthy-nodes'], 'cp-1,cp-2,cp-3,worker-1');
  assert.match(run.stdout, /^::error title=[^\n]*worker-2[^\n]*kubelet is Failed/m);
  assert.match(run.summary, /worker-2/);
  assert.ok(run.summary.includes(`talosctl -n ${address} logs kubelet`), run.summary);
});

test('a secret in the messages of nodes is in no output', async () => {
  await using cluster = await startCluster();
  const secret = 'hunter2hunter3';
  const message = `cannot pull: Authorization: Bearer ${secret}`;
  await cluster.fault('service-failed', 'worker-1', { message });
  await cluster.fault('service-unhealthy', 'worker-2', { service: 'cri', message });
  await cluster.fault('diagnostic', 'cp-1', { message: `failed with password=${secret}` });
  await cluster.fault('node-not-ready', 'cp-2', { message });
  const junit = join(temporaryFolder(), 'junit.xml');
  const inputs = { talosconfig: cluster.talosconfig('os:admin'), 'junit-file': junit, 'log-lines': '20' };
  for (const mode of ['client', 'server']) {
    const run = await runAction({ ...quick, ...inputs, mode, 'wait-timeout': mode === 'server' ? '2s' : '0' });
    assert.equal(run.code, 1, run.stdout);
    const left = `${await outputOf(run)}${await readFile(junit, 'utf8')}`;
    assert.ok(!left.includes(secret), left);
    assert.match(run.stdout, mode === 'client' ? /\(removed\)/ : /❌/);
  }
});

test('if a node is frozen, only this node is unhealthy', async () => {
  await using cluster = await startCluster();
  await cluster.fault('node-frozen', 'cp-2');
  const run = await runAction({ ...quick, talosconfig: cluster.talosconfig('os:reader') });
  assert.equal(run.outputs['failed-checks'], 'api-reachable');
  assert.equal(run.outputs['unhealthy-nodes'], 'cp-2');
});

test('the action waits until the cluster is healthy', async () => {
  await using cluster = await startCluster();
  const fault = await cluster.fault('node-not-ready', 'worker-1');
  const action = await startAction({ talosconfig: cluster.talosconfig('os:reader'), 'retry-interval': '50ms' });
  await action.printed('nodes: worker-1');
  await fault.heal();
  const run = await action.ended;
  assert.equal(run.code, 0, run.stdout);
  assert.match(run.stdout, /✅ nodes: .*worker-1/);
});

test('a cancelled run writes a report of what is known, and is not healthy', async () => {
  await using cluster = await startCluster();
  await cluster.fault('node-cordoned', 'worker-1');
  const action = await startAction({ talosconfig: cluster.talosconfig('os:reader') });
  await action.printed('nodes: worker-1');
  action.kill('SIGTERM');
  const run = await action.ended;
  assert.equal(run.code, 130);
  assert.equal(run.outputs['verdict'], 'cancelled');
  assert.equal(run.outputs['healthy'], 'false');
  assert.match(run.summary, /^## 🛑 demo: cancelled/);
  assert.match(run.summary, /cordoned/);
});

test('an expired certificate ends the wait at once', async () => {
  await using cluster = await startCluster();
  const run = await runAction({ talosconfig: cluster.talosconfig('os:reader', { validity: 'expired' }) });
  assert.equal(run.code, 3, run.stdout);
  assert.equal(run.outputs['verdict'], 'error');
  assert.equal(run.outputs['failed-checks'], 'credentials');
  assert.match(run.summary, /expired/);
});

test('endpoints that are all workers end the wait at once', async () => {
  await using cluster = await startCluster();
  const endpoints = cluster.nodes.filter(({ role }) => role === 'worker').map(({ endpoint }) => endpoint);
  const run = await runAction({ talosconfig: cluster.talosconfig('os:reader'), endpoints: endpoints.join(',') });
  assert.equal(run.code, 3, run.stdout);
  assert.equal(run.outputs['failed-checks'], 'topology');
});

test('a certificate without a role ends the wait at once', async () => {
  await using cluster = await startCluster();
  const run = await runAction({ talosconfig: cluster.talosconfig('none') });
  assert.equal(run.code, 3, run.stdout);
  assert.equal(run.outputs['failed-checks'], 'credentials');
});

test('an unknown input is the one problem, with the nearest name', async () => {
  const { code, stdout, outputs, summary } = await runAction({ 'wait-timout': '5m' }, { GITHUB_ACTIONS: 'true' });
  assert.deepEqual([code, outputs['verdict']], [2, 'error']);
  assert.match(stdout, /^❌ Invalid input: 1 problem\n/m);
  assert.match(stdout, /^::error title=input wait-timout::unknown input; did you mean wait-timeout\?$/m);
  assert.match(summary, /`wait-timout`: unknown input\. Hint: did you mean wait-timeout\?/);
});

test('a title names the gate in every output, also with invalid input', async () => {
  await using cluster = await startCluster({ controlPlanes: 1, workers: 0 });
  await cluster.fault('node-cordoned', 'cp-1');
  const title = 'before the upgrade';
  const run = await runAction({ ...quick, title, talosconfig: cluster.talosconfig('os:reader') });
  assert.match(run.summary, /^## ❌ before the upgrade: not healthy: cp-1: the Kubernetes node is cordoned/);
  assert.match(run.stdout, /^::error title=before the upgrade%3A cp-1%3A the Kubernetes node is cordoned/m);
  assert.equal(JSON.parse(await readFile(run.outputs['report'] ?? '', 'utf8')).title, title);
  const invalid = await runAction({ ...quick, title, talosconfig: 'nowhere.yaml' });
  assert.match(invalid.summary, /^## ❌ before the upgrade: invalid input: 1 problem\n/);
  assert.match(invalid.stdout, /^::error title=before the upgrade%3A input talosconfig::/m);
});

test('all problems with the inputs are in one message', async () => {
  const run = await runAction({ talosconfig: 'nowhere.yaml', 'wait-timeout': '600', summary: 'perhaps' });
  assert.equal(run.code, 2);
  assert.equal(run.outputs['verdict'], 'error');
  for (const input of ['talosconfig', 'wait-timeout', 'summary']) {
    assert.match(run.stdout, new RegExp(`^ {2}${input}: expected `, 'm'));
  }
  assert.match(run.summary, /wait-timeout/);
});

test('if the report cannot be written, the verdict is the same', async () => {
  await using cluster = await startCluster({ controlPlanes: 1, workers: 0 });
  const talosconfig = cluster.talosconfig('os:reader');
  const env = { GITHUB_STEP_SUMMARY: '/dev/null/summary' };
  const run = await runAction({ talosconfig, 'report-file': '/dev/null/report.json' }, env);
  assert.equal(run.code, 0, run.stdout);
  assert.equal(run.outputs['report'], '');
  assert.match(run.stdout, /::warning::The step summary could not be written/);
  assert.match(run.stdout, /::warning::the report could not be written to/);
});
