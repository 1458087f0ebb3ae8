import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Finding } from '../../../src/gate/finding.ts';
import { progressLines } from '../../../src/report/terminal/progress.ts';
import { viewOf } from '../../../src/report/view.ts';
import { hostile } from '../../builders/hostile.ts';
import { blockNode, changeFinding, clusterNodes, kill, passing } from '../../builders/report.ts';

/** The lines of a round with the findings `now` after one with the findings `before`. */
function lines(before: readonly Finding[] | undefined, now: readonly Finding[]): string[] {
  return progressLines(before && viewOf({ findings: before }), viewOf({ findings: now }));
}

const nodes = clusterNodes(3, 2);
const healthy = passing(nodes);
const etcdDown = changeFinding(healthy, 'etcd-service', 'cp-1', { status: 'pending', message: 'etcd is Preparing' });
const allOk = [
  '✅ connectivity: ok, 5 nodes',
  '✅ readiness: ok, 5 nodes',
  '✅ etcd: ok, 3 nodes',
  '✅ api-server: ok, 3 nodes',
  '✅ control-plane: ok, 3 nodes',
  '✅ nodes: ok, 5 nodes',
  '✅ static-pods: ok, 5 nodes',
];

test('a healthy cluster has one line per stage', () => {
  assert.deepEqual(lines(undefined, healthy), allOk);
});

test('a round without changes has no lines', () => {
  assert.deepEqual(lines(healthy, healthy), []);
  assert.deepEqual(lines(etcdDown, etcdDown), []);
});

test('the first round has what is pending, and the number of blocked findings', () => {
  const findings = blockNode(
    changeFinding(healthy, 'boot-finished', 'worker-2', { status: 'pending', message: 'booting' }),
    'worker-2',
    'boot-finished',
  );
  assert.deepEqual(lines(undefined, findings), [
    '✅ connectivity: ok, 5 nodes',
    '⏳ readiness: worker-2: booting',
    '⏳ readiness: 4 of 5 nodes ok, 1 check blocked',
    '✅ etcd: ok, 3 nodes',
    '✅ api-server: ok, 3 nodes',
    '✅ control-plane: ok, 3 nodes',
    '⛔ nodes: 4 of 5 nodes ok, 1 check blocked',
    '⛔ static-pods: 4 of 5 nodes ok, 1 check blocked',
  ]);
});

test('a finding that now passes has a line, and so has its stage', () => {
  assert.deepEqual(lines(etcdDown, healthy), ['✅ etcd: cp-1: etcd is running and healthy', '✅ etcd: ok, 3 nodes']);
});

test('a finding that is newly pending, or has another message, has a line', () => {
  const next = changeFinding(etcdDown, 'etcd-service', 'cp-1', { message: 'etcd is Failed' });
  assert.deepEqual(lines(healthy, etcdDown), ['⏳ etcd: cp-1: etcd is Preparing', '⏳ etcd: 2 of 3 nodes ok']);
  assert.deepEqual(lines(etcdDown, next), ['⏳ etcd: cp-1: etcd is Failed']);
});

test('a node that recovers has one line per stage, not one per check', () => {
  const [dead, other] = nodes.slice(3);
  assert(dead && other);
  const bothDown = kill(kill(healthy, dead), other);
  assert.deepEqual(lines(bothDown, kill(healthy, other)), [
    '✅ connectivity: worker-1: the Talos API answers',
    '⏳ connectivity: 4 of 5 nodes ok',
    '✅ readiness: worker-1: ok',
    '⛔ readiness: 4 of 5 nodes ok, 2 checks blocked',
    '✅ nodes: worker-1: ok',
    '⛔ nodes: 4 of 5 nodes ok, 1 check blocked',
    '✅ static-pods: worker-1: ok',
    '⛔ static-pods: 4 of 5 nodes ok, 1 check blocked',
  ]);
});

test('skipped findings are counted, and a stage that is skipped as a whole has the reason', () => {
  const skip = (all: readonly Finding[], check: string, node: string) =>
    changeFinding(all, check, node, { status: 'skip', message: 'etcd is not configured' });
  const findings = ['cp-1', 'cp-2', 'cp-3'].reduce((all, node) => skip(all, 'api-server-ready', node), healthy);
  assert.deepEqual(lines(undefined, skip(findings, 'services', 'worker-1')).slice(1, 4), [
    '✅ readiness: ok, 5 nodes, 1 skipped',
    '✅ etcd: ok, 3 nodes',
    '➖ api-server: skipped, etcd is not configured',
  ]);
});

test('a stage that does not apply to any node has no line "ok" for some of them', () => {
  const skipped = healthy.map(
    (finding): Finding =>
      finding.stage === 'nodes' ? { ...finding, status: 'skip', message: 'there is no Kubernetes' } : finding,
  );
  const blocked = blockNode(
    changeFinding(skipped, 'api-reachable', 'worker-2', { status: 'pending', message: 'refused' }),
    'worker-2',
    'api-reachable',
  );
  assert.deepEqual(
    lines(undefined, blocked).filter((line) => /^. nodes:/.test(line)),
    ['➖ nodes: skipped, there is no Kubernetes'],
  );
});

test('the same change on several nodes is one line, and so are many similar ones', () => {
  const many = clusterNodes(3, 97);
  const notReady = passing(many).map(
    (finding): Finding =>
      finding.check === 'node-ready' ? { ...finding, status: 'pending', message: 'NotReady' } : finding,
  );
  assert.deepEqual(lines(passing(many), notReady), [
    '⏳ nodes: cp-1, cp-2, cp-3 and 97 more: NotReady',
    '⏳ nodes: 0 of 100 nodes ok',
  ]);
  const each = notReady.map((finding) => ({ ...finding, message: `${finding.message} ${finding.node}` }));
  assert.deepEqual(lines(passing(many), each), [
    '⏳ nodes: cp-1: NotReady cp-1',
    '⏳ nodes: cp-2: NotReady cp-2',
    '⏳ nodes: cp-3: NotReady cp-3',
    '⏳ nodes: worker-1: NotReady worker-1',
    '⏳ nodes: worker-2, worker-3, worker-4 and 93 more: for example, NotReady worker-2',
    '⏳ nodes: 0 of 100 nodes ok',
  ]);
});

test('a stage is ok only as a whole: a cluster that is not, and warnings, are said', () => {
  const noLeader = changeFinding(healthy, 'etcd-quorum', undefined, { status: 'pending', message: 'no leader' });
  assert.deepEqual(lines(healthy, noLeader), [
    '⏳ etcd: cluster: no leader',
    '⏳ etcd: 3 of 3 nodes ok, the cluster is not',
  ]);
  assert.deepEqual(lines(noLeader, healthy).at(-1), '✅ etcd: ok, 3 nodes');
  const warned = changeFinding(healthy, 'services', 'cp-1', { status: 'warn', message: 'trustd restarts' });
  assert.deepEqual(lines(healthy, warned), [
    '⚠ readiness: cp-1: trustd restarts',
    '⚠ readiness: 5 of 5 nodes ok, 1 warning',
  ]);
});

test('texts of nodes are no workflow commands', () => {
  const findings = changeFinding(healthy, 'etcd-service', 'cp-1', { status: 'pending', message: hostile });
  for (const line of lines(healthy, findings)) {
    assert.doesNotMatch(line, /##\[|^\s*::|[\p{Cc}\u2028\u2029]/u);
  }
});
