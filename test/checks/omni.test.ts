import assert from 'node:assert/strict';
import { test } from 'node:test';
import { evaluate } from '../../src/gate/evaluate.ts';
import type { Finding } from '../../src/gate/finding.ts';
import { findingOf, line, options, unresolved } from '../builders/evaluate.ts';
import { type Fault, unreachable, withFaults } from '../builders/faults.ts';
import { omniCluster, omniSays, omniUpgrade, refusedByOmni, throughOmni } from '../builders/omni.ts';
import { failed, healthySnapshot, now } from '../builders/snapshot.ts';

const day = 24 * 60 * 60 * 1000;

/** The findings of a cluster behind Omni. */
function findingsWith(...faults: readonly Fault[]): readonly Finding[] {
  return evaluate(withFaults(healthySnapshot(), throughOmni(), ...faults), { ...options, omniCluster: 'prod' });
}

test('a healthy cluster behind Omni is healthy, and both say so', () => {
  const findings = findingsWith();
  assert.deepEqual(unresolved(findings), []);
  assert.equal(line(findings, 'credentials'), 'pass: accepted: the service account ci of Sidero Omni');
  assert.equal(line(findings, 'omni'), 'pass: Omni: running, 5 of 5 machines connected');
});

test('without Omni there is no finding about it', () => {
  assert.ok(!evaluate(healthySnapshot(), options).some(({ check }) => check === 'omni'));
});

const refusals: readonly (readonly [string, Parameters<typeof refusedByOmni>[0], RegExp])[] = [
  [
    'a key that Omni does not know',
    { kind: 'signature-refused', message: 'invalid signature', clockOffset: 1000 },
    /^fail: omni.example.com:443 refuses the signature of the service account ci: its key is not, or no longer, one that Omni knows \(invalid signature\)$/,
  ],
  [
    'a refused signature where Omni tells no time',
    { kind: 'signature-refused', message: 'invalid signature' },
    /^fail: .* or the clock of this machine, 2026-01-01 12:00 UTC, is more than 5m off \(invalid signature\)$/,
  ],
  [
    'a clock that is ahead',
    { kind: 'signature-refused', message: 'invalid signature', clockOffset: -301_000 },
    /^pending: the clock of this machine is 5m1s ahead of that of Omni, and it allows 5m: invalid signature$/,
  ],
  [
    'a clock that is behind, by whole seconds',
    { kind: 'signature-refused', message: 'invalid signature', clockOffset: 299_000 },
    /^pending: the clock of this machine is 5m1s behind that of Omni/,
  ],
  [
    'a role that may not read',
    { kind: 'account-denied', message: 'permission denied' },
    /^fail: omni.example.com:443 does not let the service account ci read the cluster: permission denied$/,
  ],
  [
    'a cluster that Omni does not know',
    { kind: 'unknown-cluster', message: 'cluster "prod" endpoint not found' },
    /^pending: omni.example.com:443 knows no cluster prod, or it has no control plane yet: cluster "prod" endpoint not found$/,
  ],
  [
    'a certificate of an unknown CA',
    { kind: 'wrong-ca', layer: 'endpoint', message: 'self-signed certificate' },
    /^pending: omni.example.com:443 has a certificate of an unknown CA: self-signed certificate$/,
  ],
  [
    'a node in place of Omni',
    { kind: 'client-certificate-missing', message: 'TLS alert 116' },
    /^fail: omni.example.com:443 asks for a client certificate: it is a node, and not Omni$/,
  ],
];

for (const [what, failure, expected] of refusals) {
  test(`credentials: ${what}`, () => {
    const findings = findingsWith(refusedByOmni(failure));
    assert.match(line(findings, 'credentials'), expected);
    assert.notEqual(findingOf(findings, 'credentials').hint?.text ?? '', '');
    assert.deepEqual(unresolved(findings), ['credentials']);
  });
}

test('Omni answers, and no node behind it does: neither the endpoint nor the account is at fault', () => {
  const silent = { kind: 'timeout', layer: 'node', message: 'no answer before the deadline' } as const;
  const unknown: Fault = (snapshot) => ({
    ...snapshot,
    endpoints: [{ endpoint: 'omni.example.com:443', state: 'standby' }],
    cluster: { ...snapshot.cluster, nodes: [] },
    nodes: [],
    discovery: failed(silent),
  });
  const findings = findingsWith(unknown);
  assert.equal(
    line(findings, 'topology'),
    'pending: Omni answers, and no control plane behind it does: no answer before the deadline',
  );
  assert.deepEqual(findingOf(findings, 'topology').hint?.commands, ['omnictl cluster status prod']);
  assert.equal(line(findings, 'credentials'), 'skip: not known: no node answers');
});

test('the command that lists the members names a node, and not Omni', () => {
  const notes: Fault = (snapshot) => ({ ...snapshot, cluster: { ...snapshot.cluster, notes: ['a note'] } });
  assert.deepEqual(findingOf(findingsWith(notes), 'topology').hint?.commands, ['talosctl -n cp-1 get members']);
});

test('control planes that are down behind Omni explain why discovery gives no answer', () => {
  const down = ['cp-1', 'cp-2', 'cp-3'].map((name) => unreachable(name));
  const silent: Fault = (snapshot) => ({
    ...snapshot,
    discovery: failed({ kind: 'refused', layer: 'node', message: 'connection refused' }),
  });
  const findings = findingsWith(...down, silent);
  assert.equal(line(findings, 'topology'), 'skip: not looked at: no control plane answers');
  assert.match(line(findings, 'api-reachable', 'cp-1'), /^pending: the Talos API refuses connections: /);
});

test('a node that Omni does not know has no name that could be resolved', () => {
  const message = 'resolve nodes: node not found, cannot resolve its management address';
  const findings = findingsWith(unreachable('worker-1', { kind: 'unresolved', message }));
  assert.equal(line(findings, 'api-reachable', 'worker-1'), `pending: Omni does not know it: ${message}`);
});

for (const kind of ['signature-refused', 'account-denied', 'unknown-cluster'] as const) {
  test(`credentials: a client certificate, and Omni in place of a node: ${kind}`, () => {
    const findings = evaluate(withFaults(healthySnapshot(), refusedByOmni({ kind, message: 'no' })), options);
    assert.equal(
      line(findings, 'credentials'),
      'fail: omni.example.com:443 takes no client certificate: it is Sidero Omni, and not a node: no',
    );
  });
}

test('credentials: a cluster that Omni itself has not is final', () => {
  const findings = findingsWith(
    refusedByOmni({ kind: 'unknown-cluster', message: 'cluster "prod" endpoint not found' }),
    omniSays({ status: failed({ kind: 'not-found' }) }),
  );
  assert.match(line(findings, 'credentials'), /^fail: omni.example.com:443 has no cluster prod: /);
});

test('credentials: the key has expired, or expires soon', () => {
  const expired = findingsWith(
    refusedByOmni({ kind: 'signature-refused', message: 'invalid signature' }),
    throughExpiry(now - day),
  );
  assert.equal(line(expired, 'credentials'), 'fail: the key of the service account ci expired at 2025-12-31 12:00 UTC');
  assert.ok(findingOf(expired, 'credentials').hint?.commands.includes('omnictl serviceaccount renew ci'));
  const soon = findingsWith(throughExpiry(now + day));
  assert.equal(line(soon, 'credentials'), 'warn: the key of the service account ci expires at 2026-01-02 12:00 UTC');
});

test('credentials: whether the key has expired, the clock of Omni says', () => {
  const ahead = { kind: 'signature-refused', message: 'invalid signature', clockOffset: -2 * day } as const;
  assert.match(
    line(findingsWith(refusedByOmni(ahead), throughExpiry(now - day)), 'credentials'),
    /^pending: the clock of this machine is 48h ahead of that of Omni/,
  );
  const behind = { ...ahead, clockOffset: 2 * day };
  assert.match(
    line(findingsWith(refusedByOmni(behind), throughExpiry(now + day)), 'credentials'),
    /^fail: the key of the service account ci expired at 2026-01-02 12:00 UTC$/,
  );
});

function throughExpiry(notAfter: number): Fault {
  return (snapshot) => ({ ...snapshot, credentials: { ...snapshot.credentials, notAfter } });
}

test('credentials: a service account key that is not used is named', () => {
  const snapshot = healthySnapshot();
  const credentials = { ...snapshot.credentials, unused: 'service account key' };
  assert.equal(
    line(evaluate({ ...snapshot, credentials }, options), 'credentials'),
    'pass: accepted, with the role os:reader; the service account key is not used, since the context has a client certificate',
  );
});

const states: readonly (readonly [string, Parameters<typeof omniSays>[0], string])[] = [
  [
    'an upgrade',
    { upgrade: omniUpgrade({ phase: 'upgrading', step: 'updating machines 1/5', status: 'updating machine cp-1' }) },
    'pending: Omni upgrades Talos: updating machines 1/5: updating machine cp-1',
  ],
  [
    'an upgrade that waits for its health checks, of which the gate may be one',
    {
      upgrade: omniUpgrade({
        phase: 'upgrading',
        step: 'waiting for healthchecks to pass: "gate": waiting to complete',
      }),
    },
    'pass: Omni: running, 5 of 5 machines connected',
  ],
  [
    'a failed upgrade',
    { upgrade: omniUpgrade({ phase: 'failed', error: 'no such image' }) },
    'pending: the upgrade of Talos by Omni has failed: no such image',
  ],
  [
    'a cluster that grows',
    { status: omniCluster({ phase: 'scaling up', machines: { total: 5, connected: 5, requested: 6 } }) },
    'pending: Omni scales the cluster up: 5 of 5 machines connected, 6 requested',
  ],
  [
    'machines that are requested and not there',
    { status: omniCluster({ machines: { total: 5, connected: 5, requested: 6 } }) },
    'pending: Omni waits for machines: 5 of 5 machines connected, 6 requested',
  ],
  [
    'a machine that never joined',
    { status: omniCluster({ machines: { total: 6, connected: 5, requested: 6 } }) },
    'pending: Omni: 5 of 6 machines connected',
  ],
  ['a phase that is not known', { status: omniCluster({ phase: 'unknown' }) }, 'pass: Omni: 5 of 5 machines connected'],
  [
    'no right to read it',
    {
      status: failed({ kind: 'account-denied', message: 'access is not permitted' }),
      upgrade: failed({ kind: 'account-denied', message: 'access is not permitted' }),
    },
    'skip: Omni does not say: access is not permitted',
  ],
  [
    'a cluster that was never upgraded',
    { upgrade: failed({ kind: 'not-found', message: 'not found' }) },
    'pass: Omni: running, 5 of 5 machines connected',
  ],
  [
    'no answer in time',
    { status: failed({ kind: 'timeout', message: 'no answer before the deadline' }) },
    'pending: what Omni does with the cluster could not be read: no answer before the deadline',
  ],
];

for (const [what, facets, expected] of states) {
  test(`omni: ${what}`, () => {
    assert.equal(line(findingsWith(omniSays(facets)), 'omni'), expected);
  });
}

test('omni: a machine that is down is one finding, and not two', () => {
  const missing = omniSays({ status: omniCluster({ machines: { total: 5, connected: 4, requested: 5 } }) });
  assert.deepEqual(unresolved(findingsWith(missing)), ['omni']);
  assert.deepEqual(unresolved(findingsWith(missing, unreachable('worker-1'))), ['api-reachable worker-1']);
});
