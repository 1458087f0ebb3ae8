import assert from 'node:assert/strict';
import { test } from 'node:test';
import { evaluate } from '../../src/gate/evaluate.ts';
import { verdict } from '../../src/gate/verdict.ts';
import { openRefusals } from '../../src/observe/refusals.ts';
import type { Snapshot } from '../../src/observe/snapshot.ts';
import { options } from '../builders/evaluate.ts';
import { all, facetFailed, onEveryNode, unreachable, withFaults } from '../builders/faults.ts';
import { failed, healthySnapshot, now } from '../builders/snapshot.ts';

const refusal = { kind: 'not-authorized', layer: 'caller', message: 'not authorized' } as const;
const everybody = withFaults(
  healthySnapshot(),
  all(...['cp-1', 'cp-2', 'cp-3', 'worker-1', 'worker-2'].map((name) => unreachable(name, refusal))),
);
const later = (snapshot: Snapshot, seconds: number): Snapshot => ({ ...snapshot, at: now + seconds * 1000 });
const withRoles = (snapshot: Snapshot, ...roles: readonly string[]): Snapshot => ({
  ...snapshot,
  credentials: { ...snapshot.credentials, roles },
});

/** The verdict of the last of these rounds, seen by one observer. */
function judged(...rounds: readonly Snapshot[]): string | undefined {
  const regarded = openRefusals(rounds[0]?.credentials ?? { roles: [] });
  const last = rounds.map(regarded).at(-1);
  return last && verdict(evaluate(last, options), { cancelled: false, deadlinePassed: false });
}

for (const role of ['os:reader', 'os:operator', 'os:admin']) {
  test(`a node that refuses ${role} has just started: that is waited for`, () => {
    const one = withRoles(withFaults(healthySnapshot(), unreachable('cp-2', refusal)), role);
    assert.equal(judged(one), undefined);
    assert.equal(judged(one, later(one, 3600)), undefined, 'others answer');
    assert.equal(judged(withRoles(everybody, role)), undefined);
  });
}

test('a certificate without a role that may read is refused for good', () => {
  assert.equal(judged(withRoles(everybody)), 'error');
  assert.equal(judged(withRoles(everybody, 'os:etcd:backup')), 'error');
});

test('where every node that answers refuses for longer than a start takes, it is for good', () => {
  assert.equal(judged(everybody, later(everybody, 59)), undefined);
  assert.equal(judged(everybody, later(everybody, 60)), 'error');
  const between = later(healthySnapshot(), 30);
  assert.equal(judged(everybody, between, later(everybody, 60)), undefined, 'one answer begins the time anew');
});

test('every check waits for a refused answer, whichever it is', () => {
  for (const facet of ['machineStatus', 'services', 'memory', 'diagnostics', 'staticPods'] as const) {
    assert.equal(judged(withFaults(healthySnapshot(), facetFailed('cp-1', facet, refusal))), undefined, facet);
  }
  const etcd = onEveryNode(() => ({
    etcdMembers: failed(refusal),
    etcdStatus: failed(refusal),
    etcdAlarms: failed(refusal),
  }));
  assert.equal(judged(withFaults(healthySnapshot(), etcd)), undefined, 'etcd');
  const discovery = { ...healthySnapshot(), discovery: failed(refusal) };
  assert.equal(judged(discovery), undefined, 'discovery');
});

test('an endpoint that refuses has failed, and says nothing of the certificate', () => {
  const snapshot: Snapshot = {
    ...everybody,
    endpoints: [{ endpoint: '10.0.0.1:50000', state: 'failed', failure: failed(refusal).error }],
  };
  const findings = evaluate(openRefusals(snapshot.credentials)(snapshot), options);
  assert.equal(findings.find(({ check }) => check === 'credentials')?.status, 'skip');
  assert.match(
    findings.find(({ check, node }) => check === 'api-reachable' && node === 'cp-1')?.message ?? '',
    /apid has just started/,
  );
});

test('what a version of Talos tells to nobody but an admin is no start of apid', () => {
  const snapshot = withFaults(
    healthySnapshot(),
    onEveryNode(() => ({ kubeletImage: failed(refusal) })),
  );
  const regarded = openRefusals(snapshot.credentials)(snapshot);
  assert.deepEqual(regarded.nodes, snapshot.nodes);
});
