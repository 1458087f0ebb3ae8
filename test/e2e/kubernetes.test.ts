import assert from 'node:assert/strict';
import { copyFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { startCluster } from '../../sim/cluster.ts';
import type { TalosRole } from '../../sim/pki/authorities.ts';
import { temporaryFolder } from '../builders/folder.ts';
import { start } from './processes.ts';

/** The bundle of the Kubernetes client. */
const clientBundle = /^client-\w+\.cjs$/;

/** Runs the command line with only some files of the bundles. */
async function gateWith(has: (file: string) => boolean, role: TalosRole): Promise<string> {
  await using cluster = await startCluster({ controlPlanes: 1, workers: 1 });
  const folder = temporaryFolder();
  const files = await readdir('dist');
  assert.equal(files.filter((file) => clientBundle.test(file)).length, 1);
  await Promise.all(files.filter(has).map((file) => copyFile(join('dist', file), join(folder, file))));
  const talosconfig = join(folder, 'talosconfig');
  await writeFile(talosconfig, cluster.talosconfig(role), { mode: 0o600 });
  const args = ['--talosconfig', talosconfig, '--wait-timeout', '0'];
  return (await start(join(folder, 'cli.cjs'), args, {}).ended).stdout;
}

test('with os:reader, the Kubernetes client is not loaded', async () => {
  const report = await gateWith((file) => !clientBundle.test(file), 'os:reader');
  assert.match(report, /^✅ demo: healthy\n/m);
  assert.match(report, /^➖ \d+ checks skipped: needs Kubernetes access: .*coredns\)$/m);
  assert.doesNotMatch(report, /^\S+ workloads: /m);
});

test('with os:admin, the Kubernetes client is loaded', async () => {
  const report = await gateWith(() => true, 'os:admin');
  assert.match(report, /^✅ demo: healthy\n/m);
  assert.match(report, /^✅ workloads: 3 pass$/m);
});
