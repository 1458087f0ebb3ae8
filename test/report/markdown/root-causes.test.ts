import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rootCauseBlocks } from '../../../src/report/markdown/root-causes.ts';
import { logBlocks } from '../../../src/report/markdown/summary.ts';
import { unreachable, withFaults } from '../../builders/faults.ts';
import { hostile } from '../../builders/hostile.ts';
import { withKubernetes } from '../../builders/kubernetes.ts';
import { reportAfter } from '../../builders/report.ts';
import { lostQuorum } from '../../builders/scenarios.ts';
import { singleFaults } from '../../builders/single-faults.ts';
import { healthySnapshot } from '../../builders/snapshot.ts';
import { assertValidMarkdown } from './valid.ts';

const healthy = healthySnapshot();

function headlines(...blocks: readonly { readonly text: string }[]): readonly string[] {
  return blocks.flatMap(({ text }) => text.match(/^####.*$/gm) ?? []);
}

test('a cause has its duration and its consequences', () => {
  const dead = withFaults(healthy, unreachable('worker-1'));
  const [, block] = rootCauseBlocks(reportAfter([healthy, dead, dead], 378_000, { verdict: 'unhealthy' }));
  const lines = block?.text.split('\n').filter((line) => line !== '') ?? [];
  assert.equal(lines[0], '#### 1. worker-1: the worker node is down or cut off (connection refused)');
  assert.match(
    lines[1] ?? '',
    /^❌\sfailing for 4m12s: \[`api-reachable`\]\(https:\S+#api-reachable\) of stage connectivity; \d+ other findings cannot be judged before\.$/,
  );
  assert.equal(lines.at(-1), '</details>');
  assert(lines.some((line) => /^<summary>\d+ unjudged findings<\/summary>$/.test(line)));
});

test('a lost quorum is part of the cause that costs the votes, and no separate cause', () => {
  const report = reportAfter([withFaults(healthy, lostQuorum)], 60_000, { verdict: 'unhealthy' });
  assert.deepEqual(headlines(...rootCauseBlocks(report)), [
    '#### 1. cp-2, cp-3: the control plane nodes are down or cut off (connection refused); etcd has lost its quorum',
  ]);
});

test('the first headline has the cause and its node, for every fault', () => {
  for (const { name, node, fault } of singleFaults) {
    const report = reportAfter([withFaults(withKubernetes(healthy), fault)], 60_000, { verdict: 'unhealthy' });
    const [first = ''] = headlines(...rootCauseBlocks(report));
    assert.match(
      first,
      node === undefined
        ? /^#### 1\. (talosconfig|endpoints|cluster|cp-2|cp-1, cp-2, cp-3): /
        : new RegExp(`^#### 1\\. ${node}: `),
      name,
    );
    const others = healthy.nodes.map((one) => one.node.name).filter((other) => other !== node && node !== undefined);
    assert(!others.some((other) => first.startsWith(`#### 1. ${other}`)), first);
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
