import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stages } from '../../src/checks/check.ts';
import { evaluate } from '../../src/gate/evaluate.ts';
import { record } from '../../src/gate/history.ts';
import { isHealthy } from '../../src/gate/verdict.ts';
import { followInLog } from '../../src/hosts/progress.ts';
import { followOnScreen } from '../../src/hosts/progress-on-screen.ts';
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

const well = roundOf(healthySnapshot({ controlPlanes: 1, workers: 1 }));
const preparing = roundOf(
  withFaults(healthySnapshot(), serviceIs('cp-2', 'etcd', { state: 'Preparing', health: 'unknown', lastEvent: '' })),
);

test('in a log, each half minute a line says what is missing, also before and between rounds', () => {
  const lines: string[] = [];
  using follower = followInLog((line) => lines.push(line), span);
  assert.equal(follower.pace, 30_000);
  follower.onTime(30_000);
  follower.onRound(preparing, 31_000);
  const changes = lines.length;
  follower.onTime(60_000);
  // A round that hangs does not keep time from passing.
  follower.onTime(90_000);
  assert.equal(lines[0], '⏳ still waiting for the first answers (for 30s); 9m30s left');
  assert.deepEqual(lines.slice(changes), [
    '⏳ still waiting for etcd: cp-2: etcd is Preparing (for 1m); 9m left',
    '⏳ still waiting for etcd: cp-2: etcd is Preparing (for 1m30s); 8m30s left',
  ]);
});

test('in a log, a round brings only what has changed', () => {
  const lines: string[] = [];
  using follower = followInLog((line) => lines.push(line), span);
  follower.onRound(well, 0);
  assert.equal(lines.length, stages.length);
  follower.onRound(well, 5000);
  assert.equal(lines.length, stages.length);
});

test('on a screen, the table is there at once, is kept up to date, and is gone in the end', () => {
  const terminal = new FakeTerminal(120, 40);
  const shown = (): string => terminal.text;
  {
    using follower = followOnScreen(openScreen(terminal, { NO_COLOR: '1' }), span);
    assert.equal(follower.pace, 1000);
    assert.equal(shown(), '⏳ waiting for 0s, 10m left, asking the cluster');
    follower.onTime(1000);
    assert.equal(shown(), '⏳ waiting for 1s, 9m59s left, asking the cluster');
    follower.onRound(preparing, 2000);
    assert.match(shown(), /^cp-2 .* waiting /m);
    terminal.columns = 60;
    follower.onTime(3000);
    assert.match(shown(), /^⏳ waiting for 3s, 9m57s left, round 1$/m);
    assert.equal(shown().match(/round 1$/gm)?.length, 1);
  }
  assert.equal(shown(), '');
});
