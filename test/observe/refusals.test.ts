import assert from 'node:assert/strict';
import { test } from 'node:test';
import { evaluate } from '../../src/gate/evaluate.ts';
import { verdict } from '../../src/gate/verdict.ts';
import { nodeFacet, nodeFacetNames } from '../../src/observe/facets/table.ts';
import { openRefusals } from '../../src/observe/refusals.ts';
import type { Snapshot } from '../../src/observe/snapshot.ts';
import { options } from '../builders/evaluate.ts';
import { all, facetFailed, onEveryNode, unreachable, withFaults } from '../builders/faults.ts';
import { throughOmni } from '../builders/omni.ts';
import { failed, healthySnapshot, now } from '../builders/snapshot.ts';

const refusal = { kind: 'not-authorized', layer: 'caller', message: 'not authorized' } as const;
const allRejected = withFaults(
  healthySnapshot(),
  all(...['cp-1', 'cp-2', 'cp-3', 'worker-1', 'worker-2'].map((name) => unreachable(name, refusal))),
);
const later = (snapshot: Snapshot, seconds: number): Snapshot => ({ ...snapshot, at: now + seconds * 1000 });
const withRoles = (snapshot: Snapshot, ...roles: readonly string[]): Snapshot => ({
  ...snapshot,
  credentials: { ...snapshot.credentials, roles },
});

/** The verdict on the last of these rounds, all observed with one instance. */
function findingsWith(...rounds: readonly Snapshot[]): string | undefined {
  const regarded = openRefusals(rounds[0]?.credentials ?? { roles: [] });
  const last = rounds.map(regarded).at(-1);
  return last && verdict(evaluate(last, options), { cancelled: false, deadlinePassed: false });
}

for (const role of ['os:reader', 'os:operator', 'os:admin']) {
  test(`a node that rejects ${role} has just started, and the wait goes on`, () => {
    const one = withRoles(withFaults(healthySnapshot(), unreachable('cp-2', refusal)), role);
    assert.equal(findingsWith(one), undefined);
    assert.equal(findingsWith(one, later(one, 3600)), undefined, 'others answer');
    assert.equal(findingsWith(withRoles(allRejected, role)), undefined);
  });
}

test('a certificate without a role that may read ends the wait', () => {
  assert.equal(findingsWith(withRoles(allRejected)), 'error');
  assert.equal(findingsWith(withRoles(allRejected, 'os:etcd:backup')), 'error');
});

test('if all nodes reject calls for longer than a start takes, the wait ends', () => {
  assert.equal(findingsWith(allRejected, later(allRejected, 59)), undefined);
  assert.equal(findingsWith(allRejected, later(allRejected, 60)), 'error');
  const between = later(healthySnapshot(), 30);
  assert.equal(findingsWith(allRejected, between, later(allRejected, 60)), undefined, 'one answer restarts the time');
});

test('a rejected call does not end the wait, whichever facet it reads', () => {
  for (const facet of ['machineStatus', 'services', 'memory', 'diagnostics', 'staticPods'] as const) {
    assert.equal(findingsWith(withFaults(healthySnapshot(), facetFailed('cp-1', facet, refusal))), undefined, facet);
  }
  const etcd = onEveryNode(() => ({
    etcdMembers: failed(refusal),
    etcdStatus: failed(refusal),
    etcdAlarms: failed(refusal),
  }));
  assert.equal(findingsWith(withFaults(healthySnapshot(), etcd)), undefined, 'etcd');
  const discovery = { ...healthySnapshot(), discovery: failed(refusal) };
  assert.equal(findingsWith(discovery), undefined, 'discovery');
});

test('an endpoint that rejects calls has failed, and the certificate is not at fault', () => {
  const snapshot: Snapshot = {
    ...allRejected,
    endpoints: [{ endpoint: '10.0.0.1:50000', state: 'failed', failure: failed(refusal).error }],
  };
  const findings = evaluate(openRefusals(snapshot.credentials)(snapshot), options);
  assert.equal(findings.find(({ check }) => check === 'credentials')?.status, 'skip');
  assert.match(
    findings.find(({ check, node }) => check === 'api-reachable' && node === 'cp-1')?.message ?? '',
    /apid has just started/,
  );
});

test('a resource that a version of Talos exposes only to os:admin is not a start of apid', () => {
  const snapshot = withFaults(
    healthySnapshot(),
    onEveryNode(() => ({ kubeletImage: failed(refusal) })),
  );
  const regarded = openRefusals(snapshot.credentials)(snapshot);
  assert.deepEqual(regarded.nodes, snapshot.nodes);
});

const denied = { kind: 'signature-refused', layer: 'caller', message: 'invalid signature' } as const;

test('a refusal of Omni ends the wait, unless Omni has passed calls on before', () => {
  const accepted = withFaults(healthySnapshot(), throughOmni());
  const refused = withFaults(
    accepted,
    ...accepted.nodes.map(({ node }) => unreachable(node.name, denied)),
    (snapshot) => ({
      ...snapshot,
      endpoints: [{ endpoint: 'omni.example.com:443', state: 'failed', failure: failed(denied).error }],
    }),
  );
  assert.equal(findingsWith(refused), 'error');
  assert.equal(findingsWith(accepted, later(refused, 5), later(refused, 3600)), undefined);
});

test('whatever a version of Talos need not expose may be refused, and is no apid that has just started', () => {
  for (const name of nodeFacetNames) {
    const { optional, mayBeRefused } = nodeFacet(name);
    assert.equal(optional === true && mayBeRefused !== true, false, name);
  }
});
