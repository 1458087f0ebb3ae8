import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Finding } from '../../src/gate/finding.ts';
import { documentOf, renderJson } from '../../src/report/files/json.ts';
import { clusterNodes, kill, passing, reportOf, snapshotOf, unhealthyReport } from '../builders/report.ts';

const nodes = clusterNodes(1, 1);
const [controlPlane, worker] = nodes;
assert(controlPlane && worker);

test('a report has the cluster, the verdict and the outputs', () => {
  const report = documentOf(unhealthyReport(nodes, kill(passing(nodes), worker)));
  assert.deepEqual(report.outputs, {
    healthy: false,
    verdict: 'unhealthy',
    failedStage: 'connectivity',
    failedChecks: ['api-reachable'],
    healthyNodes: ['cp-1'],
    unhealthyNodes: ['worker-1'],
    claim: '',
  });
  assert.equal(report.exitCode, 1);
  assert.equal(report.durationSeconds, 600);
  assert.equal(report.startedAt, '2026-01-02T03:04:05.000Z');
  assert.deepEqual(report.stages.slice(0, 3), [
    { stage: 'connectivity', status: 'pending' },
    { stage: 'readiness', status: 'blocked' },
    { stage: 'etcd', status: 'pass' },
  ]);
  assert.deepEqual(report.cluster?.nodes[1], {
    name: 'worker-1',
    names: ['worker-1'],
    address: '10.0.1.1',
    addresses: ['10.0.1.1'],
    role: 'worker',
    source: 'discovery',
    talosVersion: 'v1.14.0',
  });
});

test('invalid input and missing authorization have different exit codes', () => {
  const problems = [{ input: 'context', expected: 'a name', got: '""' }];
  const exitCode = (overrides: Parameters<typeof reportOf>[2]) => reportOf(nodes, [], overrides).exitCode;
  assert.equal(exitCode({}), 0);
  assert.equal(exitCode({ verdict: 'unhealthy' }), 1);
  assert.equal(exitCode({ verdict: 'error', problems }), 2);
  assert.equal(exitCode({ verdict: 'error' }), 3);
  assert.equal(exitCode({ verdict: 'cancelled' }), 130);
});

test('a failed endpoint has a reason, IPv6 addresses have brackets, and usage is optional', () => {
  const snapshot = snapshotOf(nodes, {
    endpoints: [
      {
        endpoint: '[fd00::1]:50000',
        state: 'failed',
        failure: { kind: 'refused', layer: 'endpoint', code: 'UNAVAILABLE', message: 'connection refused' },
      },
    ],
  });
  const usage = { calls: 12, sent: 600, received: 9000 };
  const report = documentOf(reportOf(nodes, passing(nodes), { snapshot, usage }));
  assert.deepEqual(report.endpoints, [{ endpoint: '[fd00::1]:50000', state: 'failed', reason: 'connection refused' }]);
  assert.equal(report.calls, 12);
  assert.deepEqual(report.bytes, { sent: 600, received: 9000 });
});

test('the JSON has a fixed order of keys, no secrets, and a line break at the end', () => {
  const finding: Finding = { check: 'services', stage: 'readiness', node: 'cp-1', status: 'pass', message: 'fine' };
  const turned: Finding = { message: 'fine', status: 'pass', node: 'cp-1', stage: 'readiness', check: 'services' };
  const json = renderJson(reportOf(nodes, [finding]));
  assert.equal(json, renderJson(reportOf(nodes, [turned])));
  assert.doesNotMatch(json, /SECRET/);
  assert(json.endsWith('}\n'));
});
