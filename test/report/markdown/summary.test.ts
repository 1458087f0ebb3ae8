import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Finding } from '../../../src/gate/finding.ts';
import { renderSummary } from '../../../src/report/markdown/summary.ts';
import { finalText } from '../../../src/report/terminal/console.ts';
import { hostile } from '../../builders/hostile.ts';
import {
  changeFinding,
  clusterNodes,
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

test('failing nodes come first, then control planes, then workers; a long list of healthy nodes is folded', () => {
  const nodes = clusterNodes(3, 20);
  const findings = ['worker-9', 'cp-3'].reduce(
    (all, node) => changeFinding(all, 'services', node, { status: 'pending', message: 'kubelet is Failed' }),
    passing(nodes),
  );
  const summary = renderSummary(unhealthyReport(nodes, findings));
  assert.deepEqual(firstCells(summary).slice(0, 9), [
    'node',
    '---',
    '**cluster**',
    'cp-3 (control\u00a0plane)',
    'worker-9 (worker)',
    'node',
    '---',
    'cp-1 (control\u00a0plane)',
    'cp-2 (control\u00a0plane)',
  ]);
  assert.match(summary, /<summary>21 healthy nodes<\/summary>/);
});

test('a healthy cluster of a thousand nodes has a short summary', () => {
  const nodes = clusterNodes(3, 997);
  const summary = renderSummary(reportOf(nodes, passing(nodes)));
  assertValidMarkdown(summary);
  const open = summary.replace(/<details>[\s\S]*?<\/details>\n/g, '');
  assert.equal(open.trim().split('\n').filter(Boolean).length, 6, open);
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
  assert.match(renderSummary(report), /^#### 1\. cp-1, cp-2, cp-3 and 60 more: not Ready in Kubernetes.*$/m);
  assert.match(renderSummary(report), /^Nodes: cp-1, .* and 13 more\.$/m);
  assert.match(renderSummary(report), /^and 57 commands like these for the other nodes\.$/m);
  assert.match(finalText(report), /^ {5}and 57 commands like these for the other nodes$/m);
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

test('the summary has the skipped checks, and says if the workers are unknown', () => {
  const nodes = clusterNodes(1, 0);
  const findings = changeFinding(passing(nodes), 'services', 'cp-1', { status: 'skip', message: 'no kubelet' });
  const cluster = { nodes, source: 'etcd' as const, workersKnown: false, notes: [] };
  const summary = renderSummary(reportOf(nodes, findings, { snapshot: snapshotOf(nodes, { cluster }) }));
  assert.match(summary, /^1 node \(1 control plane, workers unknown\), 1 healthy, after 800ms and 1 round\.$/m);
  assert.match(summary, /^<summary>➖ Checks that do not apply: 1 skipped<\/summary>$/m);
  assert.match(summary, /^\| services \| ➖\u00a0skipped \| cp-1 \| no kubelet \|$/m);
});
