import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Status } from '../../src/checks/check.ts';
import type { Finding } from '../../src/gate/finding.ts';
import {
  badInputExitCode,
  exitCode,
  failedChecks,
  failedStage,
  healthyNodes,
  unhealthyNodes,
  verdict,
} from '../../src/gate/verdict.ts';

const waiting = { deadlinePassed: false, cancelled: false };
const late = { deadlinePassed: true, cancelled: false };

function finding(check: string, status: Status, node?: string, overrides: Partial<Finding> = {}): Finding {
  return { check, stage: 'readiness', status, message: '', ...(node === undefined ? {} : { node }), ...overrides };
}

test('healthy requires every finding to be fine', () => {
  const good = [finding('a', 'pass', 'n'), finding('b', 'skip', 'n'), finding('c', 'warn')];
  assert.equal(verdict(good, waiting), 'healthy');
  for (const status of ['pending', 'blocked'] as const) {
    assert.equal(verdict([...good, finding('d', status)], waiting), undefined);
    assert.equal(verdict([...good, finding('d', status)], late), 'unhealthy');
  }
});

test('without a check that passed, neither a cluster nor a node is healthy', () => {
  assert.equal(verdict([], late), 'unhealthy');
  assert.equal(verdict([finding('a', 'skip')], late), 'unhealthy');
  assert.equal(verdict([finding('a', 'pass', 'n'), finding('a', 'skip', 'm')], late), 'unhealthy');
});

test('a fault of the caller ends the wait immediately', () => {
  assert.equal(verdict([finding('a', 'fail'), finding('b', 'pending')], waiting), 'error');
});

test('a cancelled wait has the verdict cancelled, whatever the findings', () => {
  assert.equal(verdict([finding('a', 'pass')], { deadlinePassed: true, cancelled: true }), 'cancelled');
});

test('outputs name causes, without blocked findings', () => {
  const findings = [
    finding('a', 'pass', 'n', { stage: 'connectivity' }),
    finding('b', 'blocked', 'm', { stage: 'readiness' }),
    finding('d', 'pending', 'o', { stage: 'nodes' }),
    finding('c', 'pending', 'n', { stage: 'etcd' }),
    finding('d', 'fail', 'p', { stage: 'nodes' }),
    finding('a', 'pass', 'q'),
    finding('b', 'warn', 'q'),
    finding('b', 'skip', 'nothing is judged of it'),
    finding('b', 'warn', 'nothing passes on it'),
  ];
  assert.equal(failedStage(findings), 'etcd');
  assert.deepEqual(failedChecks(findings), ['d', 'c']);
  assert.deepEqual(unhealthyNodes(findings), ['o', 'n', 'p']);
  assert.deepEqual(healthyNodes(findings), ['q']);
});

test('a healthy cluster has no failed stage', () => {
  assert.equal(failedStage([finding('a', 'pass')]), undefined);
});

test('exit codes', () => {
  assert.deepEqual(
    [exitCode('healthy'), exitCode('unhealthy'), badInputExitCode, exitCode('error'), exitCode('cancelled')],
    [0, 1, 2, 3, 130],
  );
});
