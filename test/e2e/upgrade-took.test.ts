import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { type SimulatedCluster, startCluster } from '../../sim/cluster.ts';
import { nodeId } from '../../sim/model/initial.ts';
import { updateNode } from '../../sim/model/state.ts';
import { temporaryFolder } from '../builders/folder.ts';
import { type Ended, runCli, startAction } from './processes.ts';

const to = 'v1.14.1';
const name = 'worker-1';

/** The gate before, what happens to the worker, and the gate after it with the first as its baseline. */
async function around(
  happens: (cluster: SimulatedCluster) => unknown,
  ...flags: readonly string[]
): Promise<Ended & { readonly cluster: SimulatedCluster }> {
  const cluster = await startCluster();
  const folder = temporaryFolder();
  const [talosconfig, baseline] = [join(folder, 'talosconfig'), join(folder, 'before.json')];
  await writeFile(talosconfig, cluster.talosconfig('os:reader'), { mode: 0o600 });
  const access = ['--talosconfig', talosconfig, '--rpc-timeout=2s', '--retry-interval=500ms', '--only-nodes', name];
  const before = await runCli([...access, '--wait-timeout=0', '--report-file', baseline]);
  assert.equal(before.code, 0, before.stdout);
  await happens(cluster);
  return { ...(await runCli([...access, '--baseline', baseline, ...flags])), cluster };
}

/** Upgrades the worker, and waits until the last boot has begun. */
const upgrade = (how: Parameters<SimulatedCluster['upgrade']>[1]) => (cluster: SimulatedCluster) =>
  cluster.upgrade(name, how);

const wiped = (cluster: SimulatedCluster) =>
  cluster.change((state) =>
    updateNode(state, name, (node) => ({ ...node, nodeId: nodeId('another machine'), boots: node.boots + 1 })),
  );

const expects = ['--expected-talos-version', to];
const long = '--wait-timeout=60s';
const short = '--wait-timeout=20s';

describe('the gate around an upgrade of a node', { concurrency: 3, skip: process.platform !== 'linux' }, () => {
  for (const [what, happens, flags, code, text] of [
    ['took', upgrade({ to }), [...expects, '--rebooted-since', 'baseline', long], 0, 'healthy as far as judged'],
    ['was staged and took', upgrade({ to, staged: true }), [...expects, long], 0, 'healthy as far as judged'],
    [
      'was staged and not rebooted',
      upgrade({ to, staged: true, outcome: 'not-rebooted' }),
      [...expects, '--wait-timeout=0'],
      1,
      'an upgrade is staged, and has not booted: ghcr.io/siderolabs/installer:v1.14.1',
    ],
    [
      'did not boot and fell back',
      upgrade({ to, outcome: 'falls-back' }),
      [...expects, short],
      1,
      'it was rolled back: it booted Talos v1.14.1, and runs v1.14.0 again',
    ],
    [
      'was installed and never rebooted',
      upgrade({ to, outcome: 'not-rebooted' }),
      [...expects, '--wait-timeout=0'],
      1,
      'it has not rebooted since the baseline, and runs Talos v1.14.0: 1.14.1 is not installed, or has not booted',
    ],
    [
      'left its extensions out',
      (cluster: SimulatedCluster) => cluster.fault('without-extensions', name),
      ['--wait-timeout=0'],
      1,
      'compared with the baseline, it lost the extension iscsi-tools:v0.2.0',
    ],
    ['wiped the machine', wiped, ['--wait-timeout=0'], 1, 'it was wiped or replaced: its node id is another'],
  ] as const) {
    test(`that ${what} ends with exit code ${code}`, async () => {
      const ended = await around(happens, ...flags);
      await using _cluster = ended.cluster;
      assert.equal(ended.code, code, ended.stdout);
      assert.ok(ended.stdout.includes(text), ended.stdout);
    });
  }

  test('with the report of another cluster is refused', async () => {
    const replaced = (cluster: SimulatedCluster) =>
      cluster.change((state) => ({
        ...state,
        nodes: state.nodes.map((node) => ({ ...node, nodeId: nodeId(`other ${node.name}`) })),
      }));
    const ended = await around(replaced, '--wait-timeout=60s');
    await using _cluster = ended.cluster;
    assert.equal(ended.code, 2, ended.stdout);
    assert.ok(
      `${ended.stdout}${ended.stderr}`.includes(
        'expected a report of this cluster; got one of another cluster, or from before all of its nodes were wiped: none of its node ids is here',
      ),
      ended.stdout,
    );
  });

  test('shows in the summary of the action what changed', async () => {
    await using cluster = await startCluster({ workers: 1 });
    const inputs = { talosconfig: cluster.talosconfig('os:reader'), 'wait-timeout': '0', 'rpc-timeout': '2s' };
    const before = await (await startAction(inputs)).ended;
    const baseline = before.outputs['report'] ?? '';
    assert.equal(before.code, 0, before.stdout);
    await cluster.change((state) => updateNode(state, name, (node) => ({ ...node, talosVersion: to, boots: 2 })));
    await cluster.fault('without-extensions', 'cp-1');
    const { summary, code } = await (await startAction({ ...inputs, baseline })).ended;
    assert.equal(code, 1);
    const { startedAt } = JSON.parse(await readFile(baseline, 'utf8'));
    assert.ok(
      summary.includes(`### What changed since the baseline of ${startedAt.slice(0, 16).replace('T', ' ')} UTC`),
      summary,
    );
    for (const row of [
      '| Talos | worker-1 | v1.14.0 | v1.14.1 |',
      '| boot | worker-1 | – | rebooted |',
      '| schematic | cp-1 | c9078f94 | none |',
      '| extensions | cp-1 | iscsi-tools:v0.2.0 | ❌ none |',
    ]) {
      assert.ok(summary.includes(row), summary);
    }
    assert.match(summary, /baseline-node.*cp-1.*failing: compared with the baseline, it lost the extension/);
  });
});
