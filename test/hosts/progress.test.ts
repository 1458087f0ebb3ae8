import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stages } from '../../src/checks/check.ts';
import { evaluate } from '../../src/gate/evaluate.ts';
import { record } from '../../src/gate/history.ts';
import { isHealthy } from '../../src/gate/verdict.ts';
import { logProgress } from '../../src/hosts/progress.ts';
import { drawProgress } from '../../src/hosts/progress-on-screen.ts';
import { openScreen } from '../../src/hosts/screen.ts';
import type { Snapshot } from '../../src/observe/snapshot.ts';
import { options } from '../builders/evaluate.ts';
import { serviceIs, withFaults } from '../builders/faults.ts';
import { healthySnapshot } from '../builders/snapshot.ts';
import { FakeTerminal } from '../builders/terminal.ts';

const span = { startedAt: 0, deadline: 600_000 };

function roundOf(snapshot: Snapshot, at = 0) {
  const findings = evaluate(snapshot, { ...options, contextName: 'prod' });
  return { snapshot, findings, history: record(undefined, at, findings), whole: true, good: isHealthy(findings) };
}

const healthy = roundOf(healthySnapshot({ controlPlanes: 1, workers: 1 }));
const preparing = roundOf(
  withFaults(healthySnapshot(), serviceIs('cp-2', 'etcd', { state: 'Preparing', health: 'unknown', lastEvent: '' })),
);

test('a log has a line every 30 seconds for what is missing, also before and between rounds', () => {
  const lines: string[] = [];
  using progress = logProgress((line) => lines.push(line), span);
  assert.equal(progress.interval, 30_000);
  progress.onTime(30_000);
  progress.onRound(preparing, 31_000);
  const changes = lines.length;
  progress.onTime(60_000);
  // Also while a round hangs.
  progress.onTime(90_000);
  assert.equal(lines[0], '⏳ still waiting (30s, 9m30s left): the first answers');
  assert.deepEqual(lines.slice(changes), [
    '⏳ still waiting (1m, 9m left): cp-2: etcd is Preparing (for 1m)',
    '⏳ still waiting (1m30s, 8m30s left): cp-2: etcd is Preparing (for 1m30s)',
  ]);
});

test('a log only has lines for what changed in a round', () => {
  const lines: string[] = [];
  using progress = logProgress((line) => lines.push(line), span);
  progress.onRound(healthy, 0);
  assert.equal(lines.length, stages.length);
  progress.onRound(healthy, 5000);
  assert.equal(lines.length, stages.length);
});

test('a screen shows the table at once, updates it, and is cleared at the end', () => {
  const terminal = new FakeTerminal(120, 40);
  const shown = (): string => terminal.text;
  {
    using progress = drawProgress(openScreen(terminal, { NO_COLOR: '1' }), span);
    assert.equal(progress.interval, 1000);
    assert.equal(shown(), '⏳ waiting for 0s, 10m left, asking the cluster');
    progress.onTime(1000);
    assert.equal(shown(), '⏳ waiting for 1s, 9m59s left, asking the cluster');
    progress.onRound(preparing, 2000);
    assert.match(shown(), /^cp-2 .* waiting /m);
    progress.onTime(3000);
    assert.match(shown(), /^⏳ waiting for 3s, 9m57s left, round 1$/m);
    assert.equal(shown().match(/round 1$/gm)?.length, 1);
  }
  assert.equal(shown(), '');
});

test('a screen is drawn again as soon as the terminal has another size, without remains of the previous drawing', () => {
  const terminal = new FakeTerminal(120, 40);
  terminal.write('before\n');
  {
    using progress = drawProgress(openScreen(terminal, { NO_COLOR: '1' }), span);
    progress.onRound(preparing, 2000);
    const first = terminal.text;
    for (const [columns, rows] of [
      [60, 20],
      [40, 24],
      [200, 50],
      [30, 6],
      [80, 24],
    ] as const) {
      terminal.resize(columns, rows);
      assert.equal(terminal.text.match(/waiting for 2s/g)?.length, 1);
      assert.ok(terminal.text.startsWith('before\n'));
    }
    assert.match(terminal.text, /^ +connect +ready +etcd +api /m);
    terminal.resize(120, 40);
    assert.equal(terminal.text, first);
  }
  assert.equal(terminal.text, 'before');
  terminal.resize(80, 24);
  assert.equal(terminal.text, 'before');
});
