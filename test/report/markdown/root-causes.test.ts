import assert from 'node:assert/strict';
import { test } from 'node:test';
import { causeLine } from '../../../src/report/cause-text.ts';
import { rootCauseBlocks } from '../../../src/report/markdown/root-causes.ts';
import { logBlocks, renderSummary } from '../../../src/report/markdown/summary.ts';
import { markdown } from '../../../src/report/sanitize/escape.ts';
import { serviceIs, unreachable, withFaults } from '../../builders/faults.ts';
import { hostile } from '../../builders/hostile.ts';
import { withKubernetes } from '../../builders/kubernetes.ts';
import { reportAfter } from '../../builders/report.ts';
import { lostQuorum, withoutCni } from '../../builders/scenarios.ts';
import { singleFaults } from '../../builders/single-faults.ts';
import { healthySnapshot } from '../../builders/snapshot.ts';
import { assertValidMarkdown } from './valid.ts';

const healthy = healthySnapshot();

const headings = (text: string): readonly string[] => text.match(/^#+ .*$/gm) ?? [];

test('a cause has its duration, since when, and its consequences', () => {
  const dead = withFaults(healthy, unreachable('worker-1'));
  const [block] = rootCauseBlocks(reportAfter([healthy, dead, dead], 378_000, { verdict: 'unhealthy' }));
  const lines = block?.text.split('\n').filter((line) => line !== '') ?? [];
  assert.match(
    lines[0] ?? '',
    /^❌\sfailing for 4m12s, since 03:06:11 UTC: \[`api-reachable`\]\(https:\S+#api-reachable\) of stage connectivity\.$/,
  );
  assert.equal(lines.at(-1), '</details>');
  assert(
    lines.some((line) => /^<summary>\d+ other findings cannot be judged until it is fixed<\/summary>$/.test(line)),
  );
});

test('several causes have numbered headings; a single one that the headline contains has none', () => {
  const one = reportAfter([withFaults(healthy, unreachable('worker-1'))], 60_000, { verdict: 'unhealthy' });
  const [title] = headings(renderSummary(one));
  assert.match(title ?? '', /not healthy: worker-1: the worker node is down or cut off \(connection refused\), /i);
  assert.deepEqual(
    rootCauseBlocks(one).flatMap(({ text }) => headings(text)),
    [],
  );
  const faults = [unreachable('worker-1'), serviceIs('worker-2', 'kubelet', { state: 'Failed' })];
  const two = reportAfter([withFaults(healthy, ...faults)], 60_000, { verdict: 'unhealthy' });
  assert.deepEqual(
    rootCauseBlocks(two)
      .flatMap(({ text }) => headings(text))
      .map((line) => line.slice(0, 16)),
    ['### 1. worker-1:', '### 2. worker-2:'],
  );
});

test('what was observed on several nodes is one sentence if only the node differs', () => {
  const report = reportAfter([withFaults(healthy, withoutCni)], 60_000, { verdict: 'unhealthy' });
  const text = rootCauseBlocks(report)
    .map((block) => block.text)
    .join('\n');
  assert.match(text, /^Observed: Kubernetes says node cp-1 is not ready, and so on for 4 more nodes\.$/m);
});

test('one command for all nodes of a cause; many nodes are folded', () => {
  const names = Array.from({ length: 300 }, (_, index) => `worker-${index + 1}`);
  const snapshot = withFaults(
    healthySnapshot({ workers: 300 }),
    ...names.map((name) => serviceIs(name, 'kubelet', { state: 'Failed' })),
  );
  const [block] = rootCauseBlocks(reportAfter([snapshot], 60_000, { verdict: 'unhealthy' }));
  assert.match(block?.text ?? '', /^talosctl -n (10\.0\.1\.\d+,){4}10\.0\.1\.5 service kubelet --context prod$/m);
  assert.match(block?.text ?? '', /The commands name 5 of 300 nodes\.$/m);
  assert.match(block?.text ?? '', /^<summary>300 nodes<\/summary>$/m);
});

test('a lost quorum is part of the cause that costs the votes, and no separate cause', () => {
  const report = reportAfter([withFaults(healthy, lostQuorum)], 60_000, { verdict: 'unhealthy' });
  assert.equal(rootCauseBlocks(report).length, 1);
  assert.match(
    renderSummary(report),
    /^## .*not healthy: cp-2, cp-3: the control plane nodes are down or cut off \(connection refused\); etcd has lost its quorum,/i,
  );
});

test('the headline has the cause and its node, for every fault', () => {
  for (const { name, node, fault } of singleFaults) {
    const report = reportAfter([withFaults(withKubernetes(healthy), fault)], 60_000, { verdict: 'unhealthy' });
    const [first = ''] = headings(renderSummary(report));
    const [cause] = report.causes;
    assert(cause !== undefined, name);
    assert(first.includes(`ot healthy: ${markdown(causeLine(cause, 3)).slice(0, 40)}`), `${name}: ${first}`);
    assert(node === undefined || first.includes(`ot healthy: ${node}: `), `${name}: ${first}`);
  }
});

test('logs are folded, and their lines cannot close the block', () => {
  const logs = [{ node: hostile, service: hostile, lines: [hostile, '```', '</details>', '~~~~'] }];
  const text = logBlocks(reportAfter([healthy], 800, { logs }))
    .map((block) => block.text)
    .join('\n\n');
  assertValidMarkdown(text);
  assert.match(text, /^<summary>Log of a&#124;b .* its end<\/summary>$/m);
});
