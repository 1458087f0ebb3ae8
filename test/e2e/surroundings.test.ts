import assert from 'node:assert/strict';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { test } from 'node:test';
import { startCluster } from '../../sim/cluster.ts';
import { temporaryFolder } from '../builders/folder.ts';
import { startSocks } from '../builders/proxy-server.ts';
import { runCli, start } from './processes.ts';

test('an old version of Node prints one line, and loads no large bundle', async () => {
  const directory = temporaryFolder();
  const pretend = join(directory, 'old.cjs');
  const list = join(directory, 'loaded.json');
  const versions = "{ value: { ...process.versions, node: '20.20.2' } }";
  await writeFile(
    pretend,
    `Object.defineProperty(process, 'versions', ${versions});
    const write = require('node:fs').writeFileSync;
    process.on('exit', () => write(${JSON.stringify(list)}, JSON.stringify(Object.keys(require.cache))));`,
  );
  const { code, stdout, stderr } = await runCli(['--version'], { NODE_OPTIONS: `--require=${pretend}` });
  assert.deepEqual(
    [code, stdout, stderr],
    [
      2,
      '',
      'talos-health needs Node 22.19 or newer; this is Node 20.20.2. Install a newer one, or use the container image, which brings its own.\n',
    ],
  );
  const loaded: readonly string[] = JSON.parse(await readFile(list, 'utf8'));
  const bundles = loaded.filter((file) => basename(dirname(file)) === 'dist');
  assert.ok(bundles.some((file) => basename(file) === 'cli.cjs'));
  const sizes = await Promise.all(bundles.map(async (file) => (await stat(file)).size));
  assert.ok(Math.max(...sizes) < 4096, `${bundles.join(', ')}: ${sizes.join(', ')} bytes`);
});

test('if no report file can be written, the verdict is the same', { skip: process.platform === 'win32' }, async () => {
  await using cluster = await startCluster({ controlPlanes: 1, workers: 0 });
  const talosconfig = join(temporaryFolder(), 'talosconfig');
  await writeFile(talosconfig, cluster.talosconfig('os:reader'));
  const file = join(talosconfig, 'report');
  const flags = ['--talosconfig', talosconfig, '--wait-timeout=0', '--report-file', file, '--junit-file', file];
  const { code, stderr } = await runCli(flags);
  assert.equal(code, 0, stderr);
  assert.match(stderr, /\nthe report could not be written to .*\nthe JUnit report could not be written to .*\n$/);
});

const isRoot = process.getuid?.() === 0;

test('the bundle connects through a SOCKS 5 proxy', async () => {
  await using cluster = await startCluster({ controlPlanes: 1, workers: 0 });
  await using proxy = await startSocks();
  const talosconfig = join(temporaryFolder(), 'talosconfig');
  const proxied = `proxy-url: socks5://127.0.0.1:${proxy.port}`;
  const text = cluster.talosconfig('os:reader').replace(/^( +)ca: /m, (line, indent) => `${indent}${proxied}\n${line}`);
  await writeFile(talosconfig, text);
  const { code, stdout } = await runCli(['--talosconfig', talosconfig, '--wait-timeout', '0']);
  assert.equal(code, 0, stdout);
  assert.ok(proxy.targets.includes(cluster.endpoints[0] ?? ''));
});

test('a user without a name and a home folder only gets the problem of the talosconfig', {
  skip: !isRoot,
}, async () => {
  const ran = await start('cli.cjs', [], {}, 4711).ended;
  assert.equal(ran.code, 2, ran.stderr);
  assert.match(
    ran.stdout,
    /^❌ Invalid input: 1 problem\n {2}talosconfig: .* and no file at \/var\/run\/secrets\/talos\.dev\/config\n/,
  );
});
