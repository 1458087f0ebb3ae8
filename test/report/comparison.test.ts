import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { NodeInventory } from '../../src/inputs/inventory.ts';
import { broken, compare, describeCommand, differences } from '../../src/report/comparison.ts';
import { renderJson } from '../../src/report/files/json.ts';
import { renderJunit } from '../../src/report/files/junit.ts';
import { changesBlock } from '../../src/report/markdown/changes.ts';
import { renderSummary } from '../../src/report/markdown/summary.ts';
import type { GuardedCommand, Report } from '../../src/report/model.ts';
import { finalText, shortText } from '../../src/report/terminal/console.ts';
import { changeFinding, clusterNodes, kill, passing, reportOf, unhealthyReport } from '../builders/report.ts';
import { assertValidMarkdown } from './markdown/valid.ts';

const nodes = clusterNodes(1, 2);
const before = reportOf(nodes, passing(nodes));
const cordoned = { status: 'pending', message: 'cordoned' } as const;
const ran: GuardedCommand = { ran: true, exitCode: 0, startedAt: 0, endedAt: 80_000 };

const versions = (report: Report, ...tags: readonly string[]): Report => ({
  ...report,
  ...(report.cluster && {
    cluster: {
      ...report.cluster,
      nodes: report.cluster.nodes.map((node, index) => ({ ...node, talosVersion: tags[index] ?? 'v1.13.9' })),
    },
  }),
});

test('the outcome of a command as a sentence', () => {
  assert.equal(describeCommand(ran), 'The command succeeded, after 1m20s');
  assert.equal(describeCommand({ ...ran, exitCode: 4 }), 'The command failed with exit code 4, after 1m20s');
  assert.equal(describeCommand({ ran: false }), 'The command was not run, because the cluster was not seen healthy');
});

test('findings are broken if they passed before or are new, not if they already failed', () => {
  const wrong = changeFinding(passing(nodes), 'node-ready', 'worker-1', cordoned);
  const after = unhealthyReport(nodes, changeFinding(wrong, 'node-ready', 'worker-2', cordoned));
  const shown = (one: Report) => broken(compare(one, after)).map(({ check, nodes: names }) => [check, names]);
  assert.deepEqual(shown(before), [['node-ready', ['worker-1', 'worker-2']]]);
  assert.deepEqual(shown(reportOf(nodes, wrong)), [['node-ready', ['worker-2']]]);
  const fewer = clusterNodes(1, 1);
  assert.deepEqual(shown(reportOf(fewer, passing(fewer))), [
    ['node-ready', ['worker-1']],
    ['node-ready', ['worker-2']],
  ]);
  assert.deepEqual(broken(compare(before, before)), []);
});

test('differences: nodes that joined and left, and versions', () => {
  const fewer = clusterNodes(1, 1);
  const small = reportOf(fewer, passing(fewer));
  assert.deepEqual(differences(compare(before, small)), ['No longer there: worker-2']);
  assert.deepEqual(differences(compare(small, before)), ['New: worker-2']);
  assert.deepEqual(differences(compare(versions(before), versions(before, 'v1.14.0', 'v1.14.0'))), [
    'Talos v1.13.9 became v1.14.0: cp-1, worker-1',
  ]);
  assert.deepEqual(differences(compare(before, reportOf([], [], { snapshot: undefined }))), []);
});

test('differences: what nodes are and have, equal ones together, by the machine and not by its name', () => {
  const machine = (id: string, more: Partial<NodeInventory>): NodeInventory => ({
    name: `node-${id}`,
    nodeId: id,
    role: 'worker',
    talosVersion: 'v1.13.9',
    ...more,
  });
  const comparedOf = (...machines: readonly NodeInventory[]) => ({ findings: [], cluster: { nodes: machines } });
  const old = comparedOf(
    machine('a', { boot: { id: 'a1' }, extensions: ['gvisor:v1'] }),
    machine('b', { boot: { id: 'b1' }, kubernetesVersion: 'v1.36.1' }),
  );
  const now = comparedOf(
    machine('a', { boot: { id: 'a2' }, extensions: [], talosVersion: 'v1.14.0' }),
    machine('b', { name: 'renamed', boot: { id: 'b2' }, kubernetesVersion: 'v1.36.0', talosVersion: 'v1.14.0' }),
  );
  assert.deepEqual(differences(compare(old, now)), [
    'Talos v1.13.9 became v1.14.0: node-a, renamed',
    'Rebooted: node-a, renamed',
    'The extensions (gvisor:v1) became none: node-a',
    'Kubernetes v1.36.1 became v1.36.0: renamed',
  ]);
  assert.match(changesBlock(old, now).text, /\| Kubernetes \| renamed \| v1\.36\.1 \| ❌ v1\.36\.0 \|/);
});

const after: Report = {
  ...versions(unhealthyReport(nodes, changeFinding(passing(nodes), 'node-ready', 'worker-2', cordoned)), 'v1.14.0'),
  command: ran,
  before: versions(before),
};

test('the summary: the verdict, the command, what changed in one table, then the causes; the report before it is folded', () => {
  const summary = renderSummary(after);
  assertValidMarkdown(summary);
  assert.equal(
    summary.split('\n').slice(2, 12).join('\n'),
    `The command succeeded, after 1m20s.

### What changed in between

| what | where | before | after |
| --- | --- | --- | --- |
| [\`node-ready\`](https://github.com/talos-health/talos-health/blob/main/docs/checks.md#node-ready) | worker-2 | ✅\u00a0pass | ❌\u00a0failing: cordoned |
| Talos | cp-1 | v1.13.9 | v1.14.0 |

### worker-2: not Ready in Kubernetes: its kubelet, its container runtime or its network (CNI)`,
  );
  assert.match(summary, /^<summary>Before the command: ✅ .*healthy.* every check passed<\/summary>$/m);
});

test('the table: findings that recovered, what was blocked as one row, nodes that joined and left', () => {
  const [, , gone] = nodes;
  assert.ok(gone);
  const dead = kill(passing(nodes), gone);
  const table = (from: Report, to: Report) =>
    changesBlock(from, to)
      .text.split('\n')
      .filter((line) => line.startsWith('|'))
      .slice(2);
  assert.deepEqual(
    table(before, unhealthyReport(nodes, dead)).map((line) => line.replace(/\(https[^)]*\)/, '')),
    [
      '| [`api-reachable`] | worker-2 | ✅\u00a0pass | ❌\u00a0failing: 10.0.1.2:50000 refused the connection |',
      '| 4 checks | worker-2 | ✅\u00a0pass | ⛔\u00a0blocked |',
    ],
  );
  assert.deepEqual(
    table(unhealthyReport(nodes, dead), before).map((line) => line.replace(/\(https[^)]*\)/, '')),
    [
      '| [`api-reachable`] | worker-2 | ❌\u00a0failing | ✅\u00a0pass |',
      '| 4 checks | worker-2 | ⛔\u00a0blocked | ✅\u00a0pass |',
    ],
  );
  const fewer = clusterNodes(1, 1);
  const small = reportOf(fewer, passing(fewer));
  assert.deepEqual(table(before, small), ['| node | worker-2 | there | gone |']);
  assert.deepEqual(table(small, before), ['| node | worker-2 | – | new |']);
  assert.match(changesBlock(before, before).text, /No regressions\.$/);
});

test('reports are compared by what their JSON files contain', () => {
  for (const [one, other] of [
    [before, after],
    [after, before],
  ] as const) {
    assert.deepEqual(compare(JSON.parse(renderJson(one)), JSON.parse(renderJson(other))), compare(one, other));
  }
});

test('the log has what broke below the verdict, also in the short text', () => {
  const lines = [
    '❌ prod: not healthy: worker-2: not Ready in Kubernetes: its kubelet, its container runtime or its network (CNI), not healthy within 10m',
    'The command succeeded, after 1m20s.',
    '   broken since: node-ready on worker-2',
    '   Talos v1.13.9 became v1.14.0: cp-1',
  ];
  const text = finalText(after).split('\n');
  const verdict = text.indexOf(lines[0] ?? '');
  assert.deepEqual(text.slice(verdict, verdict + 4), lines);
  assert.deepEqual(shortText(after).split('\n').slice(0, 4), lines);
});

test('JUnit: the command is a case of its own', () => {
  const suite = (command: GuardedCommand): string =>
    /<testsuite name="prod: command".*?<\/testsuite>/s.exec(renderJunit({ ...before, command }))?.[0] ?? '';
  assert.match(suite(ran), /tests="1" failures="0" errors="0" skipped="0" time="80\.000"/);
  assert.match(suite({ ...ran, exitCode: 4 }), /<failure message="The command failed with exit code 4, after 1m20s"/);
  assert.match(suite({ ran: false }), /<skipped message="The command was not run, /);
  assert.doesNotMatch(renderJunit(before), /command/);
});
