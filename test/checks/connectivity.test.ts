import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EndpointSnapshot, Snapshot } from '../../src/observe/snapshot.ts';
import type { Failure } from '../../src/talos/failure.ts';
import { findingLine, findingOf, findingsWith, line, unresolved } from '../builders/evaluate.ts';
import { all, type Fault, onEveryNode, onNode, unreachable, withFaults } from '../builders/faults.ts';
import { clusterNode, failed, healthySnapshot, now } from '../builders/snapshot.ts';

const day = 24 * 60 * 60 * 1000;

function failing(host: string, failure: Partial<Failure>): EndpointSnapshot {
  return { endpoint: `${host}:50000`, state: 'failed', failure: failed({ layer: 'endpoint', ...failure }).error };
}

const endpoints =
  (...given: readonly EndpointSnapshot[]): Fault =>
  (snapshot) => ({ ...snapshot, endpoints: given });

const validity =
  (notBefore: number, notAfter: number): Fault =>
  (snapshot) => ({ ...snapshot, credentials: { ...snapshot.credentials, notBefore, notAfter } });

/** No endpoint lets anybody in, for this reason. */
const shut = (failure: Partial<Failure>): Fault => {
  const nothing = { layer: 'endpoint', endpoint: '10.0.0.1:50000', ...failure } as const;
  return (snapshot) =>
    withFaults(
      snapshot,
      endpoints(failing('10.0.0.1', nothing)),
      ...snapshot.nodes.map(({ node }) => unreachable(node.name, nothing)),
    );
};

test('credentials: accepted', () => {
  assert.equal(line(findingsWith(), 'credentials'), 'pass: accepted, with the role os:reader');
});

test('credentials: an expired certificate that is refused fails', () => {
  const findings = findingsWith(shut({ kind: 'client-certificate-expired' }), validity(now - 9 * day, now - day));
  assert.equal(line(findings, 'credentials'), 'fail: the client certificate expired at 2025-12-31 12:00 UTC');
  assert.deepEqual(findingOf(findings, 'credentials').hint?.commands, [
    'talosctl config new --roles os:reader talosconfig-reader',
    'talosctl gen config --with-secrets secrets.yaml --output-types talosconfig CLUSTER https://ENDPOINT:6443',
  ]);
  assert.match(line(findings, 'api-reachable', 'worker-1'), /^blocked by credentials: /);
});

test('credentials: an expired certificate that is still accepted warns', () => {
  assert.equal(
    line(findingsWith(validity(now - 9 * day, now - day)), 'credentials'),
    'warn: the client certificate expired at 2025-12-31 12:00 UTC, but is still accepted',
  );
});

test('credentials: a certificate that is not valid yet is pending, and warns if it is accepted', () => {
  const early = validity(now + day, now + 9 * day);
  const words = 'the client certificate is not valid before 2026-01-02 12:00 UTC, and it is 2026-01-01 12:00 UTC';
  assert.equal(line(findingsWith(early), 'credentials'), `warn: ${words}`);
  assert.equal(
    line(findingsWith(early, shut({ kind: 'client-certificate-expired' })), 'credentials'),
    `pending: ${words}`,
  );
});

test('credentials: a certificate that is expired only by the clock of the node is pending', () => {
  assert.equal(
    line(findingsWith(shut({ kind: 'client-certificate-expired', layer: 'caller' })), 'credentials'),
    'pending: 10.0.0.1:50000 says that the client certificate is expired or not yet valid',
  );
});

test('credentials: a certificate of another CA is pending', () => {
  assert.equal(
    line(findingsWith(shut({ kind: 'client-certificate-unknown', layer: 'caller' })), 'credentials'),
    'pending: 10.0.0.1:50000 does not know the CA of the client certificate',
  );
  assert.equal(
    line(findingsWith(shut({ kind: 'wrong-ca' })), 'credentials'),
    'pending: 10.0.0.1:50000 has a certificate that the CA of the talosconfig did not sign',
  );
});

test('credentials: one endpoint of several that refuses warns', () => {
  const findings = findingsWith(
    endpoints({ endpoint: '10.0.0.1:50000', state: 'used' }, failing('10.0.0.7', { kind: 'wrong-ca' })),
  );
  assert.equal(
    line(findings, 'credentials'),
    'warn: 10.0.0.7:50000 has a certificate that the CA of the talosconfig did not sign',
  );
});

test('credentials: a role that may not read fails', () => {
  const refused = shut({ kind: 'not-authorized', layer: 'caller', message: 'not authorized' });
  const backup: Fault = (snapshot) => ({
    ...snapshot,
    credentials: { ...snapshot.credentials, roles: ['os:etcd:backup'] },
  });
  assert.equal(
    line(findingsWith(refused, backup), 'credentials'),
    'fail: 10.0.0.1:50000 refuses the role: the client certificate has the role os:etcd:backup, reading needs os:reader',
  );
});

test('credentials: a missing client certificate fails', () => {
  assert.equal(
    line(findingsWith(shut({ kind: 'client-certificate-missing', layer: 'caller' })), 'credentials'),
    'fail: 10.0.0.1:50000 asks for a client certificate, and the talosconfig has none',
  );
});

test('credentials: a certificate that expires soon warns', () => {
  assert.equal(
    line(findingsWith(validity(now - 352 * day, now + 13 * day)), 'credentials'),
    'warn: the client certificate expires at 2026-01-14 12:00 UTC',
  );
});

test('without an endpoint that answers, credentials is skipped and the endpoints are named', () => {
  const findings = findingsWith(shut({ kind: 'refused', message: 'connection refused' }));
  assert.equal(line(findings, 'credentials'), 'skip: not tried: no endpoint could be reached');
  assert.equal(line(findings, 'topology'), 'skip: not looked at: no endpoint could be reached');
  assert.equal(
    line(findings, 'api-reachable', 'cp-1'),
    'pending: no endpoint answers (10.0.0.1:50000): the Talos API refuses connections: connection refused',
  );
});

test('if no endpoint answers, only nodes that are endpoints are pending', () => {
  const failure = failed({ kind: 'refused', layer: 'endpoint', message: 'connection refused' }).error;
  const behind = (endpoint: string): Fault =>
    all(
      ...healthySnapshot().nodes.map(({ node }) => unreachable(node.name, failure)),
      endpoints({ endpoint, state: 'failed', failure }),
    );
  assert.deepEqual(unresolved(findingsWith(behind('10.0.0.2:50000'))), ['api-reachable cp-2']);
  const balanced = findingsWith(behind('lb.example.org:50000'));
  assert.deepEqual(unresolved(balanced), ['topology']);
  assert.equal(line(balanced, 'topology'), 'pending: no endpoint answers: lb.example.org:50000: connection refused');
  assert.deepEqual(findingOf(balanced, 'topology').hint?.commands, [
    'talosctl -n lb.example.org -e lb.example.org version',
  ]);
});

test('a standby endpoint does not show that the certificate is accepted', () => {
  const frozen = withFaults(
    healthySnapshot(),
    ...healthySnapshot().nodes.map(({ node }) =>
      unreachable(node.name, { kind: 'timeout', message: 'no answer before the deadline' }),
    ),
    endpoints({ endpoint: '10.0.0.1:50000', state: 'standby' }),
  );
  assert.equal(findingLine(frozen, 'credentials'), 'skip: not tried: no endpoint could be reached');
  assert.equal(
    findingLine(frozen, 'api-reachable', 'cp-2'),
    'pending: no endpoint answers: it does not answer in time: no answer before the deadline',
  );
});

test('topology: the number of nodes by role passes', () => {
  assert.equal(line(findingsWith(), 'topology'), 'pass: 3 control planes and 2 workers (discovery)');
});

test('topology: endpoints that are all workers fail', () => {
  const worker = { endpoint: '10.0.1.1:50000', state: 'worker' } as const;
  const behind = onEveryNode(() => ({
    version: failed({ kind: 'no-forwarding', layer: 'endpoint', message: 'no request forwarding' }),
  }));
  const findings = findingsWith(endpoints(worker), behind);
  assert.equal(line(findings, 'topology'), 'fail: 10.0.1.1:50000 is a worker, which does not forward calls');
  assert.match(line(findings, 'api-reachable', 'cp-1'), /^blocked by topology: /);
  assert.equal(
    line(findingsWith(endpoints(worker, failing('10.0.0.1', { message: 'connection refused' })), behind), 'topology'),
    'pending: 10.0.1.1:50000 is a worker, which does not forward calls; and 10.0.0.1:50000: connection refused',
  );
});

test('topology: the command lists what the discovery of each usable endpoint knows', () => {
  const used = { endpoint: '10.0.0.1:50000', state: 'used' } as const;
  const other = { endpoint: '10.0.0.2:50000', state: 'standby' } as const;
  const notes: Fault = (snapshot) => ({ ...snapshot, cluster: { ...snapshot.cluster, notes: ['a note'] } });
  const broken = failing('10.0.0.9', { message: 'connection refused' });
  assert.deepEqual(findingOf(findingsWith(endpoints(broken, used, other, used), notes), 'topology').hint?.commands, [
    'talosctl -n 10.0.0.1,10.0.0.2 get members',
  ]);
  assert.deepEqual(findingOf(findingsWith(endpoints(), notes), 'topology').hint?.commands, ['talosctl get members']);
});

test('topology: a harmless anomaly warns', () => {
  const odd =
    (cluster: Partial<Snapshot['cluster']>): Fault =>
    (snapshot) => ({
      ...snapshot,
      cluster: { ...snapshot.cluster, ...cluster },
    });
  const used = { endpoint: '10.0.0.1:50000', state: 'used' } as const;
  assert.equal(
    line(
      findingsWith(
        endpoints(
          used,
          { endpoint: '[fd00::1]:50000', state: 'worker' },
          failing('10.0.0.9', { message: 'connection refused' }),
        ),
      ),
      'topology',
    ),
    'warn: 3 control planes and 2 workers (discovery); endpoint [fd00::1]:50000 is a worker and is not used; endpoint 10.0.0.9:50000 cannot be used: connection refused',
  );
  assert.equal(
    line(findingsWith(odd({ workersKnown: false, source: 'etcd' })), 'topology'),
    'warn: 3 control planes and 2 workers (etcd); the workers are unknown: without discovery, set worker-nodes',
  );
  assert.equal(
    line(findingsWith(odd({ source: 'given', notes: ['10.0.1.2 is not known to discovery'] })), 'topology'),
    'warn: 3 control planes and 2 workers (given); 10.0.1.2 is not known to discovery',
  );
});

test('topology: an endpoint whose node is down does not warn', () => {
  const findings = findingsWith(
    unreachable('cp-2'),
    endpoints({ endpoint: '10.0.0.1:50000', state: 'used' }, failing('10.0.0.2', { message: 'connection refused' })),
  );
  assert.equal(line(findings, 'topology'), 'pass: 3 control planes and 2 workers (discovery)');
});

test('topology: failed discovery is pending, unless nodes are given or discovery is disabled', () => {
  const discovery =
    (failure: Partial<Failure>): Fault =>
    (snapshot) => ({ ...snapshot, discovery: failed(failure) });
  assert.equal(
    line(findingsWith(discovery({ message: 'no answer before the deadline' })), 'topology'),
    'pending: discovery gives no answer: no answer before the deadline',
  );
  const given: Fault = (snapshot) => ({ ...snapshot, cluster: { ...snapshot.cluster, source: 'given' } });
  assert.equal(line(findingsWith(discovery({}), given), 'topology'), 'pass: 3 control planes and 2 workers (given)');
  assert.equal(
    line(findingsWith(discovery({ kind: 'not-found' })), 'topology'),
    'pass: 3 control planes and 2 workers (discovery)',
  );
});

test('topology: a node without an observation is pending', () => {
  const extra: Fault = (snapshot) => ({
    ...snapshot,
    cluster: { ...snapshot.cluster, nodes: [...snapshot.cluster.nodes, clusterNode('worker', 3)] },
  });
  assert.equal(line(findingsWith(extra), 'topology'), 'pending: not looked at yet: worker-3');
});

test('api-reachable: each kind of failure has its message', () => {
  const dead = (failure: Partial<Failure>): string =>
    line(findingsWith(unreachable('worker-1', failure)), 'api-reachable', 'worker-1');
  assert.equal(line(findingsWith(), 'api-reachable', 'worker-1'), 'pass: Talos v1.14.0 answers');
  assert.equal(
    dead({ kind: 'refused', message: 'connection refused' }),
    'pending: the Talos API refuses connections: connection refused',
  );
  assert.equal(
    dead({ kind: 'no-route', message: 'no route to host' }),
    'pending: there is no route to it: no route to host',
  );
  assert.equal(dead({ kind: 'timeout', message: 'no answer' }), 'pending: it does not answer in time: no answer');
  assert.equal(
    dead({ kind: 'wrong-ca', message: 'unknown authority' }),
    'pending: its certificate is not of this cluster: unknown authority',
  );
  assert.equal(
    dead({ kind: 'other', code: 'UNKNOWN', message: 'machined is not itself' }),
    'pending: it answers with an error: machined is not itself',
  );
  assert.equal(
    dead({ kind: 'other', code: 'UNAVAILABLE', message: 'not queried yet' }),
    'pending: it gives no answer: not queried yet',
  );
  assert.equal(dead({ kind: 'malformed', message: 'not protobuf' }), 'pending: it gives no answer: not protobuf');
  assert.equal(
    dead({ kind: 'dropped', layer: 'endpoint', endpoint: '10.0.0.1:50000', message: 'ECONNRESET' }),
    'pending: not asked, the endpoint (10.0.0.1:50000) failed: the connection was dropped: ECONNRESET',
  );
});

test('api-reachable: commands have the address of the node, quoted for a shell', () => {
  const findings = findingsWith(unreachable('worker-1'));
  assert.deepEqual(findingOf(findings, 'api-reachable', 'worker-1').hint, {
    text: 'Check that the node is up, the network, firewall rules (TCP port 50000 between the nodes), and that the Talos API is running on it. Discovery lists a machine that is gone for good for up to half an hour: expected-workers says how many there should be.',
    commands: ['talosctl -n 10.0.1.1 -e 10.0.1.1 version'],
  });
  const hostile: Fault = (snapshot) => ({
    ...snapshot,
    nodes: snapshot.nodes.map((node) => ({ ...node, version: failed(), node: { ...node.node, address: "a;b'c" } })),
  });
  assert.deepEqual(findingOf(findingsWith(hostile), 'api-reachable', 'cp-1').hint?.commands, [
    "talosctl -n 'a;b'\\''c' -e 'a;b'\\''c' version",
  ]);
});

test('credentials: options set the remaining validity and the status of a certificate that expires', () => {
  const inTenDays = withFaults(healthySnapshot(), validity(now - 355 * day, now + 10 * day));
  const judge = (minDays: number, expiry: 'warn' | 'fail') =>
    findingLine(inTenDays, 'credentials', undefined, { certificate: { minDays, expiry } });
  assert.equal(judge(10, 'warn'), 'pass: accepted, with the role os:reader');
  assert.equal(judge(11, 'warn'), 'warn: the client certificate expires at 2026-01-11 12:00 UTC');
  assert.equal(judge(11, 'fail'), 'fail: the client certificate expires at 2026-01-11 12:00 UTC, too soon');
  assert.equal(judge(0, 'fail'), 'pass: accepted, with the role os:reader');
});

test('credentials: a short-lived certificate needs a tenth of its lifetime', () => {
  const hour = day / 24;
  const judge = (lifetime: number, left: number, expiry: 'warn' | 'fail', minDays = 14) =>
    findingLine(
      withFaults(healthySnapshot(), validity(now - (lifetime - left), now + left)),
      'credentials',
      undefined,
      {
        certificate: { minDays, expiry },
      },
    ).replace(/:.*/, '');
  for (const expiry of ['warn', 'fail'] as const) {
    // Of a pod: Talos renews it with an hour left.
    assert.equal(judge(6 * hour, 6 * hour, expiry), 'pass');
    assert.equal(judge(6 * hour, hour, expiry), 'pass');
    assert.equal(judge(6 * hour, hour / 2, expiry), expiry);
    assert.equal(judge(20 * day, 10 * day, expiry), 'pass');
    assert.equal(judge(20 * day, day, expiry), expiry);
    assert.equal(judge(28 * day, 13 * day, expiry), expiry);
    // A long life leaves the limit as it was asked for.
    assert.equal(judge(365 * day, 13 * day, expiry), expiry);
    assert.equal(judge(365 * day, 14 * day, expiry), 'pass');
    assert.equal(judge(365 * day, 89 * day, expiry, 90), expiry);
    assert.equal(judge(3650 * day, 13 * day, expiry), expiry);
  }
});

test('api-reachable: a node that answers at another address passes, and the address is named', () => {
  const moved = onNode('worker-1', () => ({ answeredAt: 'fd00::11' }));
  assert.equal(
    line(findingsWith(moved), 'api-reachable', 'worker-1'),
    'pass: Talos v1.14.0 answers at fd00::11, and not at 10.0.1.1',
  );
});

test('topology: the first ten disagreements are listed', () => {
  const notes = Array.from({ length: 12 }, (_, index) => `note ${index + 1}`);
  const odd: Fault = (snapshot) => ({ ...snapshot, cluster: { ...snapshot.cluster, notes } });
  assert.match(line(findingsWith(odd), 'topology'), /^warn: .*; note 10; and 2 more such disagreements$/);
});
