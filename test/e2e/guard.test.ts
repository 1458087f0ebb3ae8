import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { startCluster } from '../../sim/cluster.ts';
import { temporaryFolder } from '../builders/folder.ts';
import { assertValidReport } from '../builders/schema.ts';
import { runAction, runCli, start, startAction } from './processes.ts';

const { PATH = '' } = process.env;
const env = { PATH };
const quick = { 'wait-timeout': '0', 'rpc-timeout': '2s' };
/** A shell command that waits for a file. */
const until = (file: string): string => `until [ -e '${file}' ]; do sleep 0.05; done`;

async function file(name: string, text?: string): Promise<string> {
  const path = join(temporaryFolder(), name);
  if (text !== undefined) await writeFile(path, text, { mode: 0o600 });
  return path;
}

test('action: the summary has the gates before and after the script', async () => {
  await using cluster = await startCluster({ controlPlanes: 1, workers: 1 });
  const talosconfig = cluster.talosconfig('os:reader');
  const run = await runAction(
    { ...quick, talosconfig, run: 'set -u\necho "shell is $0"\nenv | grep ^INPUT_ || echo none' },
    env,
  );
  assert.equal(run.code, 0, run.stdout);
  assert.match(run.stdout, /shell is .*run\.sh\nnone\n/);
  assert.equal(run.outputs['command-exit-code'], '0');
  assert.equal(run.outputs['verdict'], 'healthy');
  assert.match(
    run.summary,
    /^## ✅ demo: healthy\n\nThe command succeeded, after [\d.ms]+\.\n\n### What changed in between\n\nNo regressions\.\n\n[^#]/,
  );
  assert.equal(run.summary.match(/^<summary>Before the command: ✅ .*healthy<\/summary>$/gm)?.length, 1);
  const json = await readFile(run.outputs['report'] ?? '', 'utf8');
  assertValidReport(json);
  const report = JSON.parse(json);
  assert.deepEqual([report.verdict, report.command.exitCode, report.before.verdict], ['healthy', 0, 'healthy']);
  assert.doesNotMatch(json, /shell is/);
});

test('action: if the script breaks something, the summary starts with it', async () => {
  await using cluster = await startCluster({ controlPlanes: 1, workers: 1 });
  const flag = await file('go');
  const junit = await file('junit.xml');
  const action = await startAction(
    {
      ...quick,
      talosconfig: cluster.talosconfig('os:reader'),
      run: `echo 'now br''eak it'\n${until(flag)}`,
      'junit-file': junit,
    },
    env,
  );
  await action.printed('now break it\n');
  await cluster.fault('node-cordoned', 'worker-1');
  await writeFile(flag, '');
  const run = await action.ended;
  assert.equal(run.code, 1, run.stdout);
  assert.match(
    run.summary,
    /^## ❌ demo: not healthy: [^\n]*, as it is now\n\nThe command succeeded, after [\d.ms]+\.\n\n### What changed in between\n\n[^\n]+\n[^\n]+\n\| \[`node-schedulable`\]\([^)]+\) \| worker-1 \| ✅\u00a0pass \| ❌\u00a0failing: /,
  );
  assert.match(run.stdout, /\n {3}broken since: node-schedulable on worker-1\n/);
  assert.equal(run.outputs['failed-checks'], 'node-schedulable');
  assert.equal(run.outputs['command-exit-code'], '0');
  assert.match(await readFile(junit, 'utf8'), /<testsuite name="demo: command" tests="1" failures="0"/);
});

test('action: a script fails at its first error, as in a step, and the gate runs again', async () => {
  await using cluster = await startCluster({ controlPlanes: 1, workers: 0 });
  const run = await runAction(
    { ...quick, talosconfig: cluster.talosconfig('os:reader'), run: 'echo one\n(exit 7) | cat\necho two' },
    env,
  );
  assert.equal(run.code, 7, run.stdout);
  assert.match(run.stdout, /^one$/m);
  assert.doesNotMatch(run.stdout, /^two$/m);
  assert.match(run.stdout, /::error title=demo%3A the command failed::The command failed with exit code 7/);
  assert.equal(run.outputs['command-exit-code'], '7');
  assert.equal(run.outputs['healthy'], 'true');
  assert.match(run.summary, /^## ❌ demo: the command failed\n\nThe command failed with exit code 7, after /);
});

test('action: if the cluster is not healthy, the script does not run', async () => {
  await using cluster = await startCluster({ controlPlanes: 1, workers: 1 });
  await cluster.fault('node-cordoned', 'worker-1');
  const run = await runAction({ ...quick, talosconfig: cluster.talosconfig('os:reader'), run: 'echo h""i' }, env);
  assert.equal(run.code, 1);
  assert.doesNotMatch(run.stdout, /^hi$/m);
  assert.match(run.summary, /\n\nThe command was not run, because the cluster was not seen healthy\.\n/);
  assert.equal(run.outputs['command-exit-code'], '');
});

test('action: a cancellation reaches the script, and the report is written', async () => {
  await using cluster = await startCluster({ controlPlanes: 1, workers: 0 });
  const run = `trap 'echo "got ""it"; exit 5' INT\necho "rea""dy"\n${until('/nonexistent')}`;
  const action = await startAction({ ...quick, talosconfig: cluster.talosconfig('os:reader'), run }, env);
  await action.printed('ready\n');
  action.kill('SIGINT');
  const ended = await action.ended;
  assert.equal(ended.code, 5, ended.stdout);
  assert.match(ended.stdout, /^got it$/m);
  assert.equal(ended.outputs['verdict'], 'cancelled');
  assert.match(ended.summary, /^## 🛑 demo: cancelled/);
});

test('command line: standard output and the exit code are those of the command', async () => {
  await using cluster = await startCluster({ controlPlanes: 1, workers: 0 });
  const talosconfig = await file('talosconfig', cluster.talosconfig('os:reader'));
  const flags = ['--talosconfig', talosconfig, '--wait-timeout=0'];
  const run = await runCli([...flags, '--', 'sh', '-c', 'echo out; echo err >&2; exit 9', '--after'], env);
  assert.equal(run.code, 9, run.stderr);
  assert.equal(run.stdout, 'out\n');
  assert.match(run.stderr, /✅ demo: healthy\n[\s\S]*err\n$/);
  const missing = await runCli([...flags, '--', 'no-such-program'], env);
  assert.equal(missing.code, 127);
  assert.match(missing.stderr, /\nThe command "no-such-program" could not be started: there is no such program\n$/);
});

test('command line: --after runs the gate again, whose verdict counts if the command succeeded', async () => {
  await using cluster = await startCluster({ controlPlanes: 1, workers: 1 });
  const talosconfig = await file('talosconfig', cluster.talosconfig('os:reader'));
  const [flag, report] = [await file('go'), await file('report.json')];
  const running = start(
    'cli.cjs',
    ['--after', '--report-file', report, '--', 'sh', '-c', `echo ready; ${until(flag)}`],
    { ...env, TALOS_HEALTH_TALOSCONFIG: talosconfig, TALOS_HEALTH_WAIT_TIMEOUT: '0' },
  );
  await running.printed('ready\n');
  await cluster.fault('node-cordoned', 'worker-1');
  await writeFile(flag, '');
  const { code, stderr, stdout } = await running.ended;
  assert.equal(code, 1, stderr);
  assert.equal(stdout, 'ready\n');
  assert.match(
    stderr,
    /❌ demo: not healthy: [^\n]*, as it is now\nThe command succeeded, after [\d.ms]+\.\n {3}broken since: node-schedulable on worker-1\n/,
  );
  const { verdict, before } = JSON.parse(await readFile(report, 'utf8'));
  assert.deepEqual([verdict, before.verdict], ['unhealthy', 'healthy']);
});

test('command line: the command does not run if the cluster is not healthy or an input is invalid', async () => {
  await using cluster = await startCluster({ controlPlanes: 1, workers: 1 });
  await cluster.fault('node-cordoned', 'worker-1');
  const talosconfig = await file('talosconfig', cluster.talosconfig('os:reader'));
  const run = await runCli(['--talosconfig', talosconfig, '--wait-timeout=0', '--', 'echo', 'out'], env);
  assert.deepEqual([run.code, run.stdout], [1, '']);
  assert.match(run.stderr, /The command was not run, because the cluster was not seen healthy\.\n/);
  const json = await runCli(['--talosconfig', talosconfig, '-o', 'json', '--', 'echo', 'out'], env);
  assert.equal(json.code, 2);
  assert.equal(JSON.parse(json.stdout).problems[0].input, 'output');
});

test('command line: a signal reaches the command, which determines the exit code', async () => {
  await using cluster = await startCluster({ controlPlanes: 1, workers: 0 });
  const talosconfig = await file('talosconfig', cluster.talosconfig('os:reader'));
  for (const [trap, code] of [
    ['exit 0', 0],
    ['exit 5', 5],
    ['trap - TERM; kill -TERM $$', 143],
  ] as const) {
    const running = start(
      'cli.cjs',
      ['--talosconfig', talosconfig, '--', 'sh', '-c', `trap '${trap}' TERM; echo ready; ${until('/nonexistent')}`],
      env,
    );
    await running.printed('ready\n');
    running.kill('SIGTERM');
    const ended = await running.ended;
    assert.equal(ended.code, code, ended.stderr);
  }
});

test('command line: flags take precedence over variables, and problems name the variable', async () => {
  const variables = { HOME: '/nonexistent', TALOS_HEALTH_WAIT_TIMEOUT: 'soon', TALOS_HEALTH_RPC_TIMEOUT: 'later' };
  const { code, stdout } = await runCli(['--rpc-timeout', '1s'], variables);
  assert.equal(code, 2);
  assert.match(stdout, /^ {2}TALOS_HEALTH_WAIT_TIMEOUT: expected a duration /m);
  assert.doesNotMatch(stdout, /later|rpc-timeout/);
});

test('command line: checks lists the checks, and explain describes one', async () => {
  const table = await runCli(['checks']);
  assert.match(table.stdout, /^STAGE connectivity\n {2}credentials +all +the credentials are accepted\n/m);
  const json = JSON.parse((await runCli(['checks', '-o', 'json'])).stdout);
  assert.equal(json[0].id, 'credentials');
  const wide = await runCli(['checks', '-o', 'wide']);
  assert.match(wide.stdout, /^ {4}reported as {2}https:\/\/github\.com\//m);
  const wrong = await runCli(['checks', '-o', 'yaml']);
  assert.equal(wrong.code, 2);
  assert.match(wrong.stdout, /--output: expected text, wide or json; got "yaml"/);
  const explained = await runCli(['explain', 'etcd-quorum']);
  assert.match(explained.stdout, /^etcd-quorum \(stage etcd\)\n\nPasses when:\n {2}etcd has quorum\.\n/);
  const unknown = await runCli(['explain', 'etcd-qorum']);
  assert.deepEqual([unknown.code, unknown.stderr], [2, 'There is no check "etcd-qorum": did you mean etcd-quorum?\n']);
});
