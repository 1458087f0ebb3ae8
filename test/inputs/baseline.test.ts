import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from '../builders/folder.ts';
import { optionsOf, problemsOf } from './parse.ts';

const node = {
  name: 'worker-1',
  nodeId: 'id',
  names: ['worker-1'],
  address: '10.0.1.1',
  role: 'worker',
  talosVersion: 'v1.13.9',
  boot: { at: '2026-01-01T00:00:00.000Z' },
  extensions: ['iscsi-tools:v0.2.0', 7],
  volumes: [{ id: 'EPHEMERAL', phase: 'ready' }, { id: 'odd' }],
};
const report = {
  schemaVersion: 2,
  tool: { name: 'talos-health', version: '0.1.0' },
  startedAt: '2026-01-01T12:00:00.000Z',
  cluster: { source: 'discovery', workersKnown: true, nodes: [node] },
  findings: [
    { check: 'disk', stage: 'readiness', node: 'worker-1', status: 'pass', message: 'ok' },
    { check: 'disk', status: 'odd', message: 'ok' },
  ],
};

async function fileOf(content: unknown): Promise<string> {
  const path = join(temporaryFolder(), 'report.json');
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

test('a baseline is read, without what is malformed or not compared', async () => {
  const given = { baseline: await fileOf(report), 'rebooted-since': 'baseline', 'allow-downgrade': 'true' };
  assert.deepEqual((await optionsOf(given)).baseline, {
    startedAt: report.startedAt,
    allowDowngrade: true,
    mustReboot: true,
    findings: [{ check: 'disk', node: 'worker-1', status: 'pass', message: 'ok' }],
    nodes: [
      {
        name: 'worker-1',
        role: 'worker',
        nodeId: 'id',
        talosVersion: 'v1.13.9',
        extensions: ['iscsi-tools:v0.2.0'],
        volumes: [{ id: 'EPHEMERAL', phase: 'ready' }],
        boot: { at: '2026-01-01T00:00:00.000Z' },
      },
    ],
  });
  assert.equal((await optionsOf({})).baseline, undefined);
});

const aReport = 'the path of a JSON report of talos-health, as report-file writes it';
const nothingSeen = 'a run that saw nothing of the cluster is no baseline';

for (const [what, content, expected, got, hint] of [
  ['a file that is no JSON', '{', aReport, 'which is no JSON', undefined],
  ['JSON of another tool', { tool: { name: 'trivy' } }, aReport, 'which is no report of talos-health', undefined],
  ['JSON that is no object', [], aReport, 'which is no report of talos-health', undefined],
  [
    'another schema',
    { ...report, schemaVersion: 1 },
    'a report of schema version 2',
    'of schema version 1',
    'make the baseline with this version of talos-health',
  ],
  ['a report without a cluster', { ...report, cluster: undefined }, aReport, 'which lists no nodes', nothingSeen],
  [
    'a node without a role',
    { ...report, cluster: { nodes: [node, { name: 'cp-1' }] } },
    aReport,
    'whose nodes cannot be read',
    nothingSeen,
  ],
] as const) {
  test(`${what} is no baseline`, async () => {
    const path = await fileOf(content);
    assert.deepEqual(await problemsOf({ baseline: path }), [
      { input: 'baseline', expected, got: `the path "${path}", ${got}`, ...(hint !== undefined && { hint }) },
    ]);
  });
}

test('a path without a file, and inputs without a baseline, are problems', async () => {
  assert.deepEqual(await problemsOf({ baseline: 'none.json' }), [
    {
      input: 'baseline',
      expected: aReport,
      got: 'the path "none.json", which cannot be read (ENOENT)',
      hint: 'download the artifact with the report before',
    },
  ]);
  const without = { expected: 'it to be left out, or a baseline to compare with', got: 'a value, without baseline' };
  assert.deepEqual(await problemsOf({ 'rebooted-since': 'baseline', 'allow-downgrade': 'true' }), [
    { input: 'allow-downgrade', ...without },
    { input: 'rebooted-since', ...without },
  ]);
});

test('rebooted-since is the baseline, which has to say the boot of a node', async () => {
  const bootless = { ...report, cluster: { nodes: [{ ...node, boot: undefined }] } };
  assert.deepEqual(await problemsOf({ baseline: await fileOf(bootless), 'rebooted-since': 'baseline' }), [
    {
      input: 'rebooted-since',
      expected: 'a baseline that says which boot each node ran',
      got: 'one that does not',
      hint: 'the nodes did not tell it, or the report was not made to be kept',
    },
  ]);
  const [problem] = await problemsOf({ baseline: await fileOf(report), 'rebooted-since': 'yesterday' });
  assert.equal(problem?.input, 'rebooted-since');
});
