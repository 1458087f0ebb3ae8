import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseOptions, UsageError, usage } from '../../scripts/simulate/options.ts';
import { temporaryFolder } from '../builders/folder.ts';
import { at } from './files.ts';

const run = (...args: readonly string[]) => spawnSync(process.execPath, args, { encoding: 'utf8' });

test('scripts/simulate.ts --help fits 80 columns and lists every flag', () => {
  const { status, stdout } = run('scripts/simulate.ts', '--help');
  assert.equal(status, 0);
  assert.equal(stdout, usage);
  assert.deepEqual(
    stdout.split('\n').filter((line) => line.length > 80),
    [],
  );
  for (const flag of ['control-planes', 'workers', 'fault', 'node', 'with', 'role', 'ports', 'vip', 'omni', 'help']) {
    assert.match(stdout, new RegExp(`^ {2}(-h, )?--${flag}\\b`, 'm'), flag);
  }
});

test('invalid arguments give one line and exit code 2', () => {
  const wrong: readonly (readonly [string, RegExp])[] = [
    ['', /^expected one folder/],
    ['a b', /^expected one folder/],
    ['a --workers many', /^--workers: expected a number from 0 on, got many$/],
    ['a --control-planes 0', /^--control-planes: expected a number from 1 on, got 0$/],
    ['a --fault kubelet-fialed', /^--fault: unknown fault kubelet-fialed; did you mean kubelet-failed\?$/],
    ['a --node worker-1', /^--node and --with belong to a --fault$/],
    ['a --role admin', /^--role: expected os:reader, os:operator or os:admin, got admin$/],
    ['a --omni --role os:reader', /^--role: with --omni expected Reader, Operator, Admin or None, got os:reader$/],
    ['a --nodes 3', /^Unknown option '--nodes'/],
  ];
  for (const [line, message] of wrong) {
    const args = line.split(' ').filter((word) => word !== '');
    assert.throws(
      () => parseOptions(args),
      (error) => error instanceof UsageError && message.test(error.message),
      line,
    );
  }
  const { status, stderr } = run('scripts/simulate.ts', 'a', '--workers', 'many');
  assert.equal(status, 2);
  assert.equal(stderr, '--workers: expected a number from 0 on, got many\nRun it with --help for its flags.\n');
});

test('simulate starts a cluster of the requested size in the background', () => {
  const folder = temporaryFolder();
  const { stdout, stderr } = run('scripts/simulate.ts', folder, '--control-planes', '1', '--workers', '4');
  const outputs = new Map([...stdout.matchAll(/^(\w+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]));
  const pid = Number(outputs.get('pid'));
  assert.ok(pid > 0, stderr);
  try {
    assert.equal(outputs.get('talosconfig'), join(folder, 'talosconfig'));
    const gate = run('dist/cli.cjs', '--talosconfig', join(folder, 'talosconfig'), '--wait-timeout', '0');
    assert.equal(gate.status, 0, gate.stdout + gate.stderr);
    assert.match(gate.stdout, /5 nodes \(1 control plane, 4 workers\)/);
  } finally {
    process.kill(pid);
    rmSync(folder, { recursive: true });
  }
});

test('simulate --omni starts a cluster behind Omni, and leaves what a client of it needs', () => {
  const folder = temporaryFolder();
  const { stdout, stderr } = run('scripts/simulate.ts', folder, '--omni', '--role', 'Operator', '--workers', '0');
  const outputs = new Map([...stdout.matchAll(/^([\w-]+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]));
  const pid = Number(outputs.get('pid'));
  assert.ok(pid > 0, stderr);
  try {
    const read = (name: string) => readFileSync(outputs.get(name) ?? '', 'utf8');
    assert.match(read('talosconfig'), /https:\/\/127\.0\.0\.1:\d+\n[\s\S]*siderov1/);
    const key = JSON.parse(Buffer.from(read('service-account-key'), 'base64').toString());
    assert.deepEqual(Object.keys(key), ['name', 'pgp_key']);
    assert.match(key.pgp_key, /^-----BEGIN PGP PRIVATE KEY BLOCK-----\n/);
    assert.match(read('ca'), /^-----BEGIN CERTIFICATE-----\n/);
  } finally {
    process.kill(pid);
    rmSync(folder, { recursive: true });
  }
});

test('CONTRIBUTING starts scripts through npm, which brings Node 24', () => {
  const scripts = at(JSON.parse(readFileSync('package.json', 'utf8')), 'scripts');
  assert.equal(at(scripts, 'simulate'), 'node scripts/simulate.ts');
  const page = readFileSync('CONTRIBUTING.md', 'utf8');
  assert.match(page, /npm run simulate -- \/tmp\/cluster /);
  // This fails if the machine's own Node is older.
  assert.doesNotMatch(page, /\bnode scripts\//);
});
