import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type SimulatedCluster, startCluster } from '../../sim/cluster.ts';
import { temporaryFolder } from '../builders/folder.ts';
import { runCli } from './processes.ts';

let cluster: SimulatedCluster;
let reader: string;
before(async () => {
  cluster = await startCluster({ talosVersion: 'v1.13.4', kubernetesVersion: 'v1.34.2' });
  reader = join(temporaryFolder(), 'talosconfig');
  await writeFile(reader, cluster.talosconfig('os:reader'), { mode: 0o600 });
});
after(() => cluster.stop());

const preflight = (...args: readonly string[]) => runCli(['preflight', '--talosconfig', reader, ...args]);

test('preflight: a cluster that may go there has exit code 0, and says so', async () => {
  const { code, stdout } = await preflight('--to', 'v1.14.2', '--kubernetes-to', '1.35.1');
  assert.equal(code, 0, stdout);
  assert.match(stdout, /^✅ demo: healthy, nothing stands in the way of Talos 1\.14\.2 and Kubernetes 1\.35\.1$/m);
});

test('preflight: one that may not has exit code 1, the hops, and all of it as JSON', async () => {
  const { code, stdout } = await preflight('--to', '1.16.0', '--kubernetes-to', '1.37.0', '-o', 'json');
  assert.equal(code, 1);
  const { options, findings, causes } = JSON.parse(stdout);
  assert.deepEqual(options.upgrade, { talos: '1.16.0', kubernetes: '1.37.0' });
  assert.equal(options.waitTimeoutSeconds, 0);
  const of = (check: string) => findings.filter((finding: { check: string }) => finding.check === check);
  assert.deepEqual(
    of('upgrade-path').map(({ status }: { status: string }) => status),
    Array(5).fill('warn'),
  );
  assert.deepEqual(
    of('version-skew').map(({ message }: { message: string }) => message),
    [
      'Kubernetes is upgraded one minor release at a time: 1.34.2 → 1.35.x → 1.36.x → 1.37.0, Talos before Kubernetes 1.37: at least 1.14',
    ],
  );
  assert.deepEqual(
    causes.map(({ id }: { id: string }) => id),
    ['version-skew'],
  );
});

test('preflight: a node that is behind is named, with its way', async () => {
  await cluster.fault('other-talos-version', 'worker-2', { message: 'v1.11.5' });
  const { code, stdout } = await preflight('--to', '1.14.2');
  await cluster.healAll();
  assert.equal(code, 1);
  assert.match(
    stdout,
    /^❌ demo: not healthy: worker-2: it runs Talos v1\.11\.5, and Talos 1\.14 upgrades from 1\.12 or newer: 1\.11\.5 → 1\.12\.x → 1\.13\.x → 1\.14\.2/m,
  );
});

test('preflight: without a version, and with its flags elsewhere, nothing is asked', async () => {
  const none = await preflight();
  assert.equal(none.code, 2);
  assert.match(none.stdout, /expected a version of Talos or Kubernetes after preflight; got nothing/);
  const gate = await runCli(['--talosconfig', reader, '--to', '1.14.2']);
  assert.equal(gate.code, 2);
  assert.match(gate.stdout, /--to: expected the word preflight before it/);
});

test('preflight: a version from the variable of its input counts, and so does its wait-timeout', async () => {
  const env = { TALOS_HEALTH_UPGRADE_TO: '1.14', TALOS_HEALTH_WAIT_TIMEOUT: '5s' };
  const { code, stdout } = await runCli(['preflight', '--talosconfig', reader, '-o', 'json'], env);
  assert.equal(code, 0);
  assert.equal(JSON.parse(stdout).options.waitTimeoutSeconds, 5);
});

const safeToReboot = (...args: readonly string[]) => runCli(['safe-to-reboot', '--talosconfig', reader, ...args]);

test('safe-to-reboot: exit code 0 and the nodes, or 1 and the reasons, as text and as JSON', async () => {
  const safe = await safeToReboot('worker-2');
  assert.equal(safe.code, 0, safe.stdout);
  assert.match(safe.stdout, /^✅ demo: healthy, safe to reboot worker-2$/m);
  const unsafe = await safeToReboot('cp-1', 'cp-2', '-o', 'json');
  assert.equal(unsafe.code, 1);
  const { verdict, reason, causes, options } = JSON.parse(unsafe.stdout);
  assert.deepEqual([verdict, options.safeToReboot], ['unhealthy', ['cp-1', 'cp-2']]);
  assert.match(reason, /not safe to reboot cp-1, cp-2/);
  assert.deepEqual(
    causes.map(({ title }: { title: string }) => title),
    ['without cp-1 and cp-2: 1 of 3 voting members of etcd remain, and quorum needs 2'],
  );
});

test('safe-to-reboot: a node that is cordoned and down may go, another may not, and says why', async () => {
  await cluster.fault('node-cordoned', 'worker-1');
  await cluster.fault('node-dead', 'worker-1');
  const [own, other] = await Promise.all([safeToReboot('worker-1'), safeToReboot('worker-2')]);
  await cluster.healAll();
  assert.equal(own.code, 0, own.stdout);
  assert.match(
    own.stdout,
    /^✅ demo: healthy as far as judged: .*1 node about to go down, its faults not counted \(safe-to-reboot\); safe to reboot worker-1$/m,
  );
  assert.equal(other.code, 1);
  assert.match(other.stdout, /worker-1: .*not safe to reboot worker-2/);
});

test('safe-to-reboot: with a wait-timeout it waits, and says since when', async () => {
  await cluster.fault('node-cordoned', 'worker-1');
  const waiting = safeToReboot('worker-2', '--wait-timeout', '30s', '--stable-for', '1s', '--retry-interval', '200ms');
  setTimeout(() => void cluster.healAll(), 1500);
  const { code, stdout } = await waiting;
  assert.equal(code, 0, stdout);
  assert.match(stdout, /and has been for \d.*; safe to reboot worker-2 since \d{4}-\d\d-\d\dT/);
});

test('safe-to-reboot: the gate after a command judges the node as all others', async () => {
  await cluster.fault('node-dead', 'worker-1');
  const flags = ['--wait-timeout', '5s', '--after', '--', 'true'];
  const { code, stderr } = await safeToReboot('worker-1', ...flags);
  await cluster.healAll();
  assert.equal(code, 1, stderr);
  assert.match(stderr, /safe to reboot worker-1/);
  assert.match(stderr, /❌ demo: not healthy: worker-1: /);
});

test('safe-to-reboot: no node, and inputs that leave nodes out, are bad input', async () => {
  const none = await safeToReboot();
  assert.equal(none.code, 2);
  assert.match(none.stdout, /expected the name, address or id of a node after safe-to-reboot; got nothing/);
  const narrowed = await safeToReboot('worker-1', '--only-nodes', 'cp-1', '--until', 'etcd', '--profile', 'pre-cni');
  assert.equal(narrowed.code, 2);
  assert.match(narrowed.stdout, /Invalid input: 3 problems/);
});
