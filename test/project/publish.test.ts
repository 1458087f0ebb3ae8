import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, existsSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, beforeEach, test } from 'node:test';
import { version } from '../../src/version.ts';
import { temporaryFolder } from '../builders/folder.ts';

const folder = temporaryFolder();
const tarball = join(folder, 'talos-health.tgz');
const integrity = (content: string): string => `sha512-${createHash('sha512').update(content).digest('base64')}`;

/** The integrity of each version in the registry; undefined if there is no package. */
let versions: Readonly<Record<string, string>> | undefined;
const registry = createServer((request, response) => {
  if (request.url !== '/talos-health' || versions === undefined) {
    response.writeHead(404).end('{}');
    return;
  }
  const body = Object.entries(versions).map(([name, value]) => [name, { dist: { integrity: value } }]);
  response.end(JSON.stringify({ versions: Object.fromEntries(body) }));
});

before(async () => {
  await new Promise<void>((resolve) => registry.listen(0, '127.0.0.1', resolve));
  writeFileSync(tarball, 'the package');
  // Stands in for npm, and records its calls.
  writeFileSync(join(folder, 'npm'), `#!/bin/sh\necho "$@" >> '${folder}/calls'\n`);
  chmodSync(join(folder, 'npm'), 0o755);
});
beforeEach(() => rmSync(join(folder, 'calls'), { force: true }));
after(() => {
  registry.close();
  rmSync(folder, { recursive: true });
});

async function run(command: string) {
  const { port } = registry.address() as AddressInfo;
  const child = spawn(process.execPath, ['scripts/release/npm.ts', command, tarball], {
    env: { ...process.env, PATH: `${folder}:${process.env['PATH']}`, npm_config_registry: `http://127.0.0.1:${port}/` },
  });
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  return { code, stdout, stderr, published: existsSync(join(folder, 'calls')) };
}

test('without the package on npm, both commands fail, publish nothing and name the bootstrap', async () => {
  versions = undefined;
  for (const command of ['check', 'publish']) {
    const { code, stderr, published } = await run(command);
    assert.equal(code, 1);
    assert.match(stderr, /npm has no package talos-health yet.*"The first release" in CONTRIBUTING\.md/);
    assert.equal(published, false);
  }
});

test('for a new version, check publishes nothing and publish publishes it', async () => {
  versions = { '0.0.0': integrity('a placeholder') };
  const checked = await run('check');
  assert.equal(checked.code, 0, checked.stderr);
  assert.match(checked.stdout, /can be published/);
  assert.equal(checked.published, false);
  const done = await run('publish');
  assert.equal(done.code, 0, done.stderr);
  assert.equal(done.published, true);
});

test('publish skips a version that npm has with the same content', async () => {
  versions = { [version]: integrity('the package') };
  const { code, stdout, published } = await run('publish');
  assert.equal(code, 0);
  assert.match(stdout, /is published already/);
  assert.equal(published, false);
});

test('check rejects a version that npm has with other content', async () => {
  versions = { [version]: integrity('another package') };
  const { code, stderr, published } = await run('check');
  assert.equal(code, 1);
  assert.match(stderr, /with other content .* a published version cannot be replaced, so release a new one/);
  assert.equal(published, false);
});
