import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { version } from '../../src/version.ts';
import { temporaryFolder } from '../builders/folder.ts';
import { at, entries, list, steps, yaml } from './files.ts';

const folder = temporaryFolder();
const tarball = join(folder, `talos-health-${version}.tgz`);

/** The standard output of npm, which must not need the network. */
function npm(args: readonly string[], cwd = '.'): string {
  return execFileSync('npm', [...args, '--offline'], { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

let packed: unknown;
before(() => {
  [packed] = list(JSON.parse(npm(['pack', '--json', '--pack-destination', folder])));
});

test('npm pack in a checkout packs the bundles, action.yml, the licence and the README', () => {
  const paths = list(at(packed, 'files')).map((file) => String(at(file, 'path')));
  const bundles = readdirSync('dist').map((name) => `dist/${name}`);
  const expected = ['LICENSE', 'README.md', 'action.yml', 'package.json', ...bundles];
  assert.deepEqual([...paths].sort(), expected.sort());
  assert.ok(existsSync(tarball));
});

test('the packed manifest is package.json, without dependencies for users and without install scripts', () => {
  const text = execFileSync('tar', ['-xzOf', tarball, 'package/package.json'], { encoding: 'utf8' });
  assert.equal(text, readFileSync('package.json', 'utf8'));
  const manifest: unknown = JSON.parse(text);
  const names = entries(manifest).map(([name]) => name);
  const forUsers = ['dependencies', 'optionalDependencies', 'peerDependencies', 'bundleDependencies'];
  assert.deepEqual(
    names.filter((name) => forUsers.includes(name)),
    [],
  );
  const scripts = entries(at(manifest, 'scripts')).map(([name]) => name);
  assert.deepEqual(
    scripts.filter((name) => /^(pre|post)?(install|prepare|pack|publish)$/.test(name)),
    [],
  );
});

test('installing the package installs no other package, and the command runs', () => {
  writeFileSync(join(folder, 'package.json'), '{ "private": true }');
  npm(['install', tarball], folder);
  const installed = readdirSync(join(folder, 'node_modules')).filter((name) => !name.startsWith('.'));
  assert.deepEqual(installed, ['talos-health']);
  const command = join(folder, 'node_modules', '.bin', 'talos-health');
  assert.equal(execFileSync(command, ['--version'], { encoding: 'utf8' }).trim(), version);
});

test('the release runs npm pack, and does not edit the manifest', () => {
  const commands = steps(yaml('.github/workflows/release.yml')).map(({ step }) => String(at(step, 'run') ?? ''));
  assert.deepEqual(
    commands.filter((command) => /npm (pack|pkg|version)/.test(command)),
    ['npm pack'],
  );
});
