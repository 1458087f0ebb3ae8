import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { type SimulatedCluster, startCluster } from '../../sim/cluster.ts';
import { temporaryFolder } from '../builders/folder.ts';
import { at, list, yaml } from '../project/files.ts';
import { runCli } from './processes.ts';

/** What Omni shows of the reason, in bytes. */
const shown = 256;

/** Runs the container of the Job as it stands there, on the simulated cluster. */
async function runJob({ omni }: SimulatedCluster, ...flags: readonly string[]) {
  assert.ok(omni !== undefined);
  const folder = temporaryFolder();
  const message = join(folder, 'termination-log');
  await writeFile(message, '');
  await writeFile(join(folder, 'ca.pem'), omni.ca);
  const [container] = list(at(yaml('examples/omni/health-check-job.yml'), 'spec', 'template', 'spec', 'containers'));
  const written = list(at(container, 'args')).map(String);
  const replaced = new Set(['--endpoints', '--cluster', '--message-file']);
  const args = written.filter((flag) => !replaced.has(flag.split('=')[0] ?? ''));
  assert.equal(args.length, written.length - replaced.size);
  const here = [`--endpoints=${omni.endpoint}`, '--cluster=demo', `--message-file=${message}`];
  const { code, stdout, stderr } = await runCli([...args, ...here, ...flags], {
    OMNI_SERVICE_ACCOUNT_KEY: omni.createAccount('talos-health').encoded,
    TALOS_HEALTH_CA: join(folder, 'ca.pem'),
  });
  return { code, message: await readFile(message, 'utf8'), log: stdout + stderr };
}

test('the health check for Omni lets an upgrade of a healthy cluster go on', async () => {
  await using cluster = await startCluster({ omni: true });
  const step = 'waiting for healthchecks to pass: "demo-talos-health": waiting to complete';
  const upgrade = { phase: 'Upgrading', step, status: 'updating machines 2/5' } as const;
  await cluster.change((state) => ({ ...state, omni: { upgrade } }));
  const { code, message, log } = await runJob(cluster, '--stable-for=0s');
  assert.equal(code, 0, log);
  assert.match(message, /^✅ demo: healthy[^\n]*\n$/);
});

test('the health check for Omni holds an upgrade, and gives the reason first', async () => {
  await using cluster = await startCluster({ omni: true });
  await cluster.fault('kubelet-failed', 'worker-1');
  await cluster.fault('etcd-alarm-nospace', 'cp-2');
  const { code, message } = await runJob(cluster, '--wait-timeout=0', '--stable-for=0s');
  assert.equal(code, 1);
  assert.ok(Buffer.byteLength(message) <= 4096);
  const reason = message.split(/\s+/).join(' ').slice(0, shown);
  assert.match(reason, /^❌ demo: /);
  assert.match(reason, /cp-2: etcd alarm NOSPACE/);
});
