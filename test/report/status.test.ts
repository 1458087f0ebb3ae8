import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Status } from '../../src/checks/check.ts';
import { type Finding, worst } from '../../src/gate/finding.ts';
import { label, matrixSymbol, tally } from '../../src/report/status.ts';
import { viewOf } from '../../src/report/view.ts';
import { clusterNodes, snapshotOf } from '../builders/report.ts';

function findings(...statuses: Status[]): Finding[] {
  return statuses.map((status) => ({ check: 'services', stage: 'readiness', node: 'cp-1', status, message: '' }));
}

test('a cell has the status of its worst finding', () => {
  const order: readonly Status[] = ['pass', 'skip', 'warn', 'blocked', 'pending', 'fail'];
  for (const [index, status] of order.entries()) {
    assert.equal(worst(findings(...order.slice(0, index + 1))), status);
  }
  assert.equal(worst([]), undefined);
});

test('a label has a symbol and a word', () => {
  const statuses: readonly Status[] = ['pass', 'fail', 'pending', 'blocked', 'warn', 'skip'];
  assert.deepEqual(
    statuses.map((status) => label(status, 'cancelled')),
    ['✅\u00a0pass', '❌\u00a0failing', '⏳\u00a0waiting', '⛔\u00a0blocked', '⚠️\u00a0warning', '➖\u00a0skipped'],
  );
});

test('what is pending at the deadline has failed', () => {
  assert.equal(label('pending', 'unhealthy'), '❌\u00a0failing');
  assert.equal(label('pending', 'error'), '⏳\u00a0waiting');
});

test('a cell with skipped and passing checks passes', () => {
  const shown = (...statuses: Status[]): Status | undefined => {
    const [, row] = viewOf({ findings: findings(...statuses), snapshot: snapshotOf(clusterNodes(1, 0)) }).rows;
    return row?.cells.get('readiness')?.status;
  };
  assert.equal(shown('pass', 'skip', 'skip'), 'pass');
  assert.equal(shown('skip', 'skip'), 'skip');
  assert.equal(shown('skip', 'warn', 'pass'), 'warn');
  assert.equal(shown(), undefined);
});

test('a tally has the worst status first, and counts pending at the deadline as failing', () => {
  const all = findings('pass', 'pending', 'fail', 'blocked', 'pass');
  assert.equal(tally(all, 'unhealthy'), '2 failing, 1 blocked, 2 pass');
  assert.equal(tally(all, 'cancelled'), '1 failing, 1 waiting, 1 blocked, 2 pass');
});

test('in the matrix, what is blocked stands back', () => {
  assert.deepEqual((['fail', 'blocked', 'pass'] as const).map(matrixSymbol), ['❌', '○', '✅']);
});
