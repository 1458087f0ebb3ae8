import assert from 'node:assert/strict';
import { test } from 'node:test';
import { causesOf, line } from '../builders/diagnose.ts';
import { type Fault, serviceIs, stage, unreachable, withFaults } from '../builders/faults.ts';
import { omniSays, omniUpgrade, refusedByOmni, throughOmni } from '../builders/omni.ts';
import { healthySnapshot, now } from '../builders/snapshot.ts';

const behindOmni = { omniCluster: 'prod' };
const causesWith = (...faults: readonly Fault[]) =>
  causesOf(withFaults(healthySnapshot(), throughOmni(), ...faults), behindOmni);

const expired: Fault = (snapshot) => ({
  ...snapshot,
  credentials: { ...snapshot.credentials, notAfter: now - 86_400_000 },
});

const causes: readonly (readonly [string, readonly Fault[], RegExp])[] = [
  [
    'a wrong clock',
    [refusedByOmni({ kind: 'signature-refused', message: 'invalid signature', clockOffset: 320_000 })],
    /^omni-clock clocks: the clock of this machine is 5m20s behind that of Omni, and it allows 5m$/,
  ],
  [
    'a clock by which the key has expired',
    [refusedByOmni({ kind: 'signature-refused', message: 'invalid signature', clockOffset: -172_800_000 }), expired],
    /^omni-clock clocks: the clock of this machine is 48h ahead of that of Omni, and it allows 5m$/,
  ],
  [
    'an unknown key',
    [refusedByOmni({ kind: 'signature-refused', message: 'invalid signature', clockOffset: 0 })],
    /^omni-account service account: omni.example.com:443 refuses the signature of the service account ci/,
  ],
  [
    'an expired key',
    [refusedByOmni({ kind: 'signature-refused', message: 'invalid signature', clockOffset: 0 }), expired],
    /^stale-certificate service account: its key expired at 2025-12-31 12:00 UTC$/,
  ],
  [
    'a role that may not read',
    [refusedByOmni({ kind: 'account-denied', message: 'permission denied' })],
    /^omni-account service account: omni.example.com:443 does not let the service account ci read the cluster/,
  ],
  [
    'an unknown cluster',
    [refusedByOmni({ kind: 'unknown-cluster', message: 'cluster "prod" endpoint not found' })],
    /^omni-cluster cluster: omni.example.com:443 knows no cluster prod/,
  ],
  [
    'an unknown CA',
    [refusedByOmni({ kind: 'wrong-ca', layer: 'endpoint', message: 'self-signed certificate' })],
    /^wrong-ca endpoints: the certificate of omni.example.com:443 is of a CA that this machine does not know$/,
  ],
];

for (const [what, faults, expected] of causes) {
  test(`${what} is the only cause`, () => {
    const found = causesWith(...faults).map(line);
    assert.equal(found.length, 1, found.join('\n'));
    assert.match(found[0] ?? '', expected);
  });
}

test('a client certificate, and Omni in place of a node', () => {
  const fault = refusedByOmni({ kind: 'signature-refused', message: 'unauthenticated: missing valid signature' });
  assert.deepEqual(causesOf(withFaults(healthySnapshot(), fault)).map(line), [
    'omni-account talosconfig: omni.example.com:443 takes no client certificate: it is Sidero Omni, and not a node: unauthenticated: missing valid signature',
  ]);
});

test('a machine that Omni does not know', () => {
  const message = 'resolve nodes: node not found, cannot resolve its management address';
  const found = causesWith(unreachable('worker-1', { kind: 'unresolved', message }));
  assert.deepEqual(found.map(line), ['unknown-machine worker-1: Omni does not know this machine']);
  assert.deepEqual(found[0]?.hint.commands, ['omnictl get clustermachines']);
});

const upgrading = omniSays({
  upgrade: omniUpgrade({ phase: 'upgrading', step: 'updating machines 1/5', status: 'updating machine worker-1' }),
});

test('during an upgrade, nodes that reboot follow from it, and other faults are their own', () => {
  const found = causesWith(
    upgrading,
    unreachable('worker-1'),
    stage('cp-2', 'upgrading'),
    serviceIs('cp-3', 'kubelet', { state: 'Failed' }),
  );
  const [first, ...others] = found;
  assert.equal(
    first && line(first),
    'omni-upgrade cluster: Omni upgrades Talos: updating machines 1/5: updating machine worker-1',
  );
  const nodes = new Set(first?.consequences.map(({ node }) => node));
  assert.deepEqual([...nodes].sort(), ['cp-2', 'worker-1']);
  assert.deepEqual([...new Set(others.flatMap((cause) => cause.nodes))], ['cp-3']);
});
