import assert from 'node:assert/strict';
import { copyFile, mkdtemp, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { startCluster } from '../../sim/cluster.ts';
import type { TalosRole } from '../../sim/pki/authorities.ts';
import { start } from './processes.ts';

/** What asks Kubernetes: named after its entry. */
const client = /^client-\w+\.cjs$/;

/** The command line in a folder that has those of the bundles' files. */
async function gateWith(has: (file: string) => boolean, role: TalosRole): Promise<string> {
  await using cluster = await startCluster({ controlPlanes: 1, workers: 1 });
  const folder = await mkdtemp(join(tmpdir(), 'talos-health-e2e-'));
  const files = await readdir('dist');
  assert.equal(files.filter((file) => client.test(file)).length, 1);
  await Promise.all(files.filter(has).map((file) => copyFile(join('dist', file), join(folder, file))));
  const talosconfig = join(folder, 'talosconfig');
  await writeFile(talosconfig, cluster.talosconfig(role), { mode: 0o600 });
  const args = ['--talosconfig', talosconfig, '--wait-timeout', '0'];
  return (await start(join(folder, 'cli.cjs'), args, {}).ended).stdout;
}

test('a reader never loads what asks Kubernetes', async () => {
  const report = await gateWith((file) => !client.test(file), 'os:reader');
  assert.match(report, /^✅ The cluster is healthy\n/);
  assert.match(report, /^➖ workloads: 3 skipped$/m);
});

test('an admin loads it', async () => {
  const report = await gateWith(() => true, 'os:admin');
  assert.match(report, /^✅ The cluster is healthy\n/);
  assert.match(report, /^✅ workloads: 3 pass$/m);
});
