import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { test } from 'node:test';

/** Imports go one way; a folder may import those named here, and itself. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  gen: [],
  values: [],
  net: ['values'],
  credentials: ['values'],
  inputs: ['values', 'net', 'credentials'],
  talos: ['gen', 'values', 'net', 'credentials'],
  kubernetes: ['values', 'net'],
  observe: ['values', 'net', 'credentials', 'inputs', 'talos', 'kubernetes'],
  checks: ['values', 'inputs', 'talos', 'kubernetes', 'observe'],
  gate: ['inputs', 'kubernetes', 'observe', 'checks'],
  'server-mode': ['values', 'inputs', 'talos', 'observe', 'checks', 'gate'],
  diagnosis: ['values', 'talos', 'observe', 'checks', 'gate'],
  report: ['values', 'inputs', 'observe', 'checks', 'gate', 'diagnosis'],
  explain: ['values', 'observe', 'checks', 'report'],
  hosts: [
    'values',
    'credentials',
    'inputs',
    'talos',
    'observe',
    'checks',
    'gate',
    'server-mode',
    'diagnosis',
    'report',
    'explain',
  ],
};

/** What folders may import from the top and from outside of `src`. */
const fromTheTop: Readonly<Record<string, readonly string[]>> = {
  hosts: ['host.ts', 'run.ts', 'version.ts', '../sim/demo.ts'],
  report: ['version.ts'],
};

/** What is observed: checks read these tables, and ask nothing. */
const facetTables = ['observe/facets/table.ts', 'observe/facets/kubernetes.ts'];

/** What a pure part may not reach: files, sockets, processes, clocks. */
const io = /^node:(fs|net|tls|http|https|http2|child_process|os|process|timers|readline|worker_threads|dns)/;
const pure = [
  /^explain\//,
  /^checks\//,
  /^report\//,
  /^diagnosis\//,
  /^gate\/(causes|claim|evaluate|finding|history|purpose|rounds|targets|verdict|wait-state)\.ts$/,
  /^observe\/cluster\.ts$/,
  /^server-mode\/(advice|attribute-error|findings|judge|progress|server|snapshot|talosctl-checks|unreached)\.ts$/,
];

interface Import {
  readonly specifier: string;
  readonly typeOnly: boolean;
}

function imports(file: string): readonly Import[] {
  const source = readFileSync(file, 'utf8');
  const statements = source.matchAll(/^(?:import|export)\s+(type\s+)?(?:[^'";]*?\sfrom\s+)?'([^']+)';/gms);
  const dynamic = source.matchAll(/\bimport\('([^']+)'\)/g);
  return [
    ...[...statements].map(([, type, specifier = '']) => ({ specifier, typeOnly: type !== undefined })),
    ...[...dynamic].map(([, specifier = '']) => ({ specifier, typeOnly: false })),
  ];
}

const sources = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.replaceAll('\\', '/'));

const folderOf = (file: string): string => (file.includes('/') ? file.slice(0, file.indexOf('/')) : '');

function target(file: string, specifier: string): string {
  return relative('src', join('src', dirname(file), specifier)).replaceAll('\\', '/');
}

for (const file of sources) {
  const folder = folderOf(file);
  const all = imports(join('src', file));

  test(`src/${file} imports only what its folder may`, () => {
    for (const { specifier, typeOnly } of all.filter((one) => one.specifier.startsWith('.'))) {
      const other = target(file, specifier);
      const otherFolder = folderOf(other);
      if (folder !== '' && otherFolder !== folder && !fromTheTop[folder]?.includes(other)) {
        assert.ok(mayImport[folder]?.includes(otherFolder), `${specifier} leads from ${folder} to ${otherFolder}`);
      }
      if (['checks', 'gate'].includes(folder) && otherFolder === 'kubernetes') {
        assert.ok(typeOnly, `${specifier}: only its types are known here`);
      }
      if (folder === 'checks' && otherFolder === 'observe') {
        const isTable = facetTables.includes(other);
        assert.ok(typeOnly || isTable, `${specifier}: checks know observations only by their types`);
      }
      assert.ok(
        !other.startsWith('../sim/') || file === 'hosts/command-line.ts',
        `${specifier}: the simulated cluster is not for the gate`,
      );
    }
  });

  test(`src/${file} keeps libraries where they belong`, () => {
    for (const { specifier } of all) {
      assert.ok(
        !specifier.startsWith('@grpc/') || file === 'talos/grpc/transport.ts',
        `${specifier}: only talos/grpc/transport.ts`,
      );
      assert.ok(
        !specifier.startsWith('@actions/') || ['hosts/github.ts', 'hosts/run-script.ts'].includes(file),
        `${specifier}: only the action's entry and its script`,
      );
    }
  });

  if (pure.some((pattern) => pattern.test(file))) {
    test(`src/${file} is pure`, () => {
      for (const { specifier } of all) {
        assert.doesNotMatch(specifier, io);
      }
      const source = readFileSync(join('src', file), 'utf8');
      assert.doesNotMatch(source, /\bDate\.now\(|\bnew Date\(\)|\bprocess\.|\bconsole\.|\bsetTimeout\(|\bfetch\(/);
    });
  }
}

test('the simulated cluster and the tests use the public API of gRPC', () => {
  for (const folder of ['sim', 'test', 'scripts']) {
    for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.ts'),
    )) {
      for (const { specifier } of imports(join(folder, file))) {
        assert.ok(!specifier.startsWith('@grpc/') || specifier === '@grpc/grpc-js', `${folder}/${file}: ${specifier}`);
      }
    }
  }
});

test('no file is long', () => {
  for (const file of sources.filter((name) => !name.startsWith('gen/'))) {
    const lines = readFileSync(join('src', file), 'utf8').split('\n').length;
    assert.ok(lines <= 260, `src/${file} has ${lines} lines`);
  }
});
