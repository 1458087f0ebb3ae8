import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Finding } from '../../../src/gate/finding.ts';
import { renderSummary } from '../../../src/report/markdown/summary.ts';
import { finalText } from '../../../src/report/terminal/console.ts';
import { hostile } from '../../builders/hostile.ts';
import {
  blockNode,
  changeFinding,
  clusterNode,
  clusterNodes,
  kill,
  options,
  passing,
  reportOf,
  snapshotOf,
  unhealthyReport,
} from '../../builders/report.ts';
import { assertValidMarkdown } from './valid.ts';

const limit = 900 * 1024;

function firstCells(summary: string): string[] {
  return [...summary.matchAll(/^\| ([^|]*) \|/gm)].map(([, cell = '']) => cell);
}

const open = (summary: string): string => summary.replace(/<details>[\s\S]*?<\/details>\n/g, '');

test('failing nodes come first, then control planes, then workers; many healthy nodes are grouped, and folded', () => {
  const nodes = clusterNodes(3, 20);
  const findings = ['worker-9', 'cp-3'].reduce(
    (all, node) => changeFinding(all, 'services', node, { status: 'pending', message: 'kubelet is Failed' }),
    passing(nodes),
  );
  const summary = renderSummary(unhealthyReport(nodes, findings));
  assert.deepEqual(firstCells(open(summary)), [
    'node',
    '---',
    '**cluster**',
    'cp-3',
    'worker-9',
    'cp-1, cp-2',
    'worker-1, worker-2 and 17 more',
  ]);
  assert.match(summary, /<summary>21 healthy nodes<\/summary>/);
});

test('more than ten failing nodes have a row per cause, with its number, and each of them a folded row', () => {
  const nodes = clusterNodes(3, 997);
  const kubelet = nodes
    .slice(3, 253)
    .reduce(
      (all, { name }) => changeFinding(all, 'services', name, { status: 'pending', message: 'kubelet is Failed' }),
      passing(nodes),
    );
  const refused = { status: 'pending', message: 'refused' } as const;
  const findings = nodes
    .slice(253, 303)
    .reduce(
      (all, { name }) => blockNode(changeFinding(all, 'api-reachable', name, refused), name, 'api-reachable'),
      kubelet,
    );
  const summary = renderSummary(unhealthyReport(nodes, findings));
  assertValidMarkdown(summary);
  const rows = open(summary).match(/^\| .*/gm) ?? [];
  assert.deepEqual(rows, [
    '| node | connectivity | readiness | etcd | api-<br>server | control-<br>plane | nodes | static-<br>pods |',
    '| --- | --- | --- | --- | --- | --- | --- | --- |',
    '| **cluster** | ✅ |  | ✅ |  |  |  |  |',
    '| 1. worker-251, worker-252 and 48 more | ❌ | ○ |  |  |  | ○ | ○ |',
    '| 2. worker-1, worker-2 and 248 more | ✅ | ❌ |  |  |  | ✅ | ✅ |',
    '| cp-1, cp-2, cp-3 | ✅ | ✅ | ✅ | ✅ | ✅ | ✅ | ✅ |',
    '| worker-301, worker-302 and 695 more | ✅ | ✅ |  |  |  | ✅ | ✅ |',
  ]);
  assert.match(summary, /^✅\u00a0pass · ❌\u00a0failing · ○\u00a0blocked$/m);
  assert.match(summary, /<summary>300 nodes that are not healthy<\/summary>/);
});

test('many failing nodes with as many causes have a row per pattern of cells', () => {
  const nodes = clusterNodes(3, 50);
  const summary = renderSummary(unhealthyReport(nodes, nodes.slice(3, 43).reduce<Finding[]>(kill, passing(nodes))));
  assert.deepEqual(firstCells(open(summary)).slice(3), [
    'worker-1, worker-2 and 38 more',
    'cp-1, cp-2, cp-3',
    'worker-41, worker-42 and 8 more',
  ]);
});

test('a name of sixty characters keeps its beginning and its end in the matrix', () => {
  const name = 'worker-1.machines.eu-central-1.compute.internal.example-7.com';
  const nodes = [...clusterNodes(1, 0), clusterNode(name, '10.0.1.1', 'worker')];
  const rows = firstCells(renderSummary(reportOf(nodes, passing(nodes))));
  assert.equal(rows.at(-1), 'worker-1.machines.e…xample-7.com');
});

test('the matrix leaves out the domain that all nodes have in common', () => {
  const inDomain = (...names: readonly string[]) =>
    names.map((name, index) => clusterNode(name, `10.0.1.${index}`, 'worker'));
  const shown = (nodes: ReturnType<typeof inDomain>) =>
    firstCells(renderSummary(reportOf(nodes, passing(nodes)))).slice(-nodes.length);
  assert.deepEqual(shown(inDomain('a.example.com', 'b.example.com')), ['a', 'b']);
  assert.deepEqual(shown(inDomain('a.example.com', 'b.example.org')), ['a.example.com', 'b.example.org']);
  assert.deepEqual(shown(inDomain('10.0.0.1', '11.0.0.1')), ['10.0.0.1', '11.0.0.1']);
});

test('a healthy cluster of a thousand nodes has a short summary', () => {
  const nodes = clusterNodes(3, 997);
  const summary = renderSummary(reportOf(nodes, passing(nodes)));
  assertValidMarkdown(summary);
  assert.equal(open(summary).trim().split('\n').filter(Boolean).length, 9, open(summary));
});

test('the summary of a thousand nodes with different failures stays within the limit, in whole blocks', () => {
  const nodes = clusterNodes(3, 997);
  const findings = passing(nodes).map(
    (finding, index): Finding => ({ ...finding, status: 'pending', message: `${index} ${hostile} ${'|'.repeat(500)}` }),
  );
  const summary = renderSummary(unhealthyReport(nodes, findings));
  const bytes = Buffer.byteLength(summary);
  assert(bytes <= limit && bytes > limit / 2, `${bytes} bytes`);
  assertValidMarkdown(summary);
  assert.match(summary, /✂️ Shortened: \d+ parts were omitted/);
  assert.match(summary, /^## ❌ prod: not healthy: [^\n]+ more causes\), not healthy within 10m\n/);
});

test('the commands for many nodes are limited, and the rest is counted', () => {
  const nodes = clusterNodes(3, 60);
  const findings = passing(nodes).map(
    (finding): Finding =>
      finding.check === 'node-ready'
        ? {
            ...finding,
            status: 'pending',
            message: 'NotReady',
            hint: { text: 'Look.', commands: [`x ${finding.node}`] },
          }
        : finding,
  );
  const report = unhealthyReport(nodes, findings);
  assert.match(renderSummary(report), /^## .* cp-1, cp-2, cp-3 and 60 more: not Ready in Kubernetes/);
  assert.match(renderSummary(report), /^<summary>63 nodes<\/summary>\n\ncp-1, cp-2, .*, worker-60$/m);
  assert.match(renderSummary(report), /^and 57 commands like these for the other nodes\.$/m);
  assert.match(finalText(report), /^ {8}and 57 more commands$/m);
});

test('nodes that are not selected have no row', () => {
  const nodes = clusterNodes(1, 2);
  const findings = passing(nodes).filter(({ node }) => node !== 'worker-2');
  const report = reportOf(nodes, findings, { options: { ...options, onlyNodes: ['cp-1', 'worker-1'] } });
  const summary = renderSummary(report);
  assert.match(summary, /^## ✅ prod: healthy as far as judged: 2 of 3 nodes \(only-nodes\)/);
  assert.match(summary, /^3 nodes \(1 control plane, 2 workers\), 2 healthy, after/m);
  assert.doesNotMatch(summary, /worker-2/);
});

test('the summary says if the workers are unknown', () => {
  const nodes = clusterNodes(1, 0);
  const cluster = { nodes, source: 'etcd' as const, workersKnown: false, notes: [] };
  const summary = renderSummary(reportOf(nodes, passing(nodes), { snapshot: snapshotOf(nodes, { cluster }) }));
  assert.match(summary, /^1 node \(1 control plane, workers unknown\), 1 healthy, after 800ms and 1 round\.$/m);
});

test('a check that is skipped everywhere has a line below the matrix and no cell, one that is skipped on a node has a row in a fold', () => {
  const nodes = clusterNodes(1, 1);
  const skip = { status: 'skip', message: 'no kubelet' } as const;
  const everywhere = nodes.reduce((all, { name }) => changeFinding(all, 'static-pods', name, skip), passing(nodes));
  const summary = renderSummary(reportOf(nodes, changeFinding(everywhere, 'node-ready', 'cp-1', skip)));
  assertValidMarkdown(summary);
  assert.match(summary, /^➖ Not checked: \[`static-pods`\]\(\S+\): no kubelet\.$/m);
  assert.match(
    summary,
    /^\| node \| connectivity \| readiness \| etcd \| api-<br>server \| control-<br>plane \| nodes \|$/m,
  );
  assert.match(summary, /^\| cp-1 \| ✅ \| ✅ \| ✅ \| ✅ \| ✅ \| ➖ \|$/m);
  assert.match(summary, /^<summary>➖ Checks that do not apply to every node: 1 skipped<\/summary>$/m);
  assert.match(summary, /^\| node-ready \| ➖\u00a0skipped \| cp-1 \| no kubelet \|$/m);
});
