import assert from 'node:assert/strict';
import { test } from 'node:test';
import { classify } from '../../src/talos/classify.ts';
import { recorded } from '../fixtures/recorded.ts';

const endpoint = '10.0.0.1:50000';

/** The details of a call without a connection, or whose connection was lost. */
const cases = [
  ['UNAVAILABLE', 'connect ECONNREFUSED 10.0.0.1:50000', 'refused', 'endpoint'],
  ['UNAVAILABLE', 'connect EHOSTUNREACH 10.0.0.1:50000', 'no-route', 'endpoint'],
  ['UNAVAILABLE', 'connect ENETUNREACH fd00::1:50000', 'no-route', 'endpoint'],
  ['UNAVAILABLE', 'getaddrinfo ENOTFOUND nowhere', 'unresolved', 'endpoint'],
  ['UNAVAILABLE', 'getaddrinfo EAI_AGAIN nowhere', 'unresolved', 'endpoint'],
  ['UNAVAILABLE', 'Failed to connect (2026-11-21T13:00:00.000Z)', 'dropped', 'endpoint'],
  ['UNAVAILABLE', 'unable to verify the first certificate', 'wrong-ca', 'endpoint'],
  ['UNAVAILABLE', 'sslv3 alert certificate expired:SSL alert number 45', 'client-certificate-expired', 'caller'],
  ['UNAVAILABLE', 'tlsv1 alert unknown ca:SSL alert number 48', 'client-certificate-unknown', 'caller'],
  ['UNAVAILABLE', 'tls alert bad certificate:SSL alert number 42', 'client-certificate-unknown', 'caller'],
  ['UNAVAILABLE', 'tlsv13 alert certificate required:SSL alert number 116', 'client-certificate-missing', 'caller'],
  ['UNAVAILABLE', 'certificate has expired', 'server-certificate', 'endpoint'],
  ['UNAVAILABLE', "Hostname/IP does not match certificate's altnames", 'server-certificate', 'endpoint'],
  ['UNAVAILABLE', 'ssl3_get_record:wrong version number', 'not-talos', 'endpoint'],
  ['UNAVAILABLE', 'a kube-apiserver answers there', 'not-talos', 'endpoint'],
  [
    'UNAVAILABLE',
    'Client network socket disconnected before secure TLS connection was established',
    'dropped',
    'endpoint',
  ],
  ['UNAVAILABLE', 'Connection dropped', 'dropped', 'endpoint'],
  ['DEADLINE_EXCEEDED', 'Deadline exceeded', 'timeout', 'node'],
  ['DEADLINE_EXCEEDED', 'context deadline exceeded', 'timeout', 'node'],
  ['UNKNOWN', 'etcdserver: no leader', 'other', 'node'],
  ['UNAVAILABLE', 'etcdserver: rpc not supported for learner', 'unavailable', 'node'],
  ['CANCELLED', 'Call cancelled', 'timeout', 'node'],
  ['UNAUTHENTICATED', 'invalid signature', 'signature-refused', 'caller'],
  ['UNAUTHENTICATED', 'unauthenticated: missing valid signature', 'signature-refused', 'caller'],
  ['UNAUTHENTICATED', 'Received HTTP status code 401', 'not-talos', 'endpoint'],
  ['PERMISSION_DENIED', 'permission denied', 'account-denied', 'caller'],
  ['PERMISSION_DENIED', 'unauthorized: access denied: insufficient role: "None"', 'account-denied', 'caller'],
  ['PERMISSION_DENIED', 'not authorized', 'not-authorized', 'caller'],
  ['UNAVAILABLE', 'cluster "prod" endpoint not found', 'unknown-cluster', 'caller'],
  ['UNAVAILABLE', 'cluster "prod" has no management addresses', 'unknown-cluster', 'caller'],
  ['NOT_FOUND', 'cluster "prod" is not registered', 'unknown-cluster', 'caller'],
  ['NOT_FOUND', 'resolve nodes: node not found, cannot resolve its management address', 'unresolved', 'node'],
  ['UNAVAILABLE', 'node "cp-1" has no management endpoint', 'unavailable', 'node'],
] as const;

for (const [code, details, kind, layer] of cases) {
  test(`${code} ${details.slice(0, 80)} is ${kind} of the ${layer}`, () => {
    const failure = classify({ code, details }, endpoint);
    assert.deepEqual(
      { kind: failure.kind, layer: failure.layer, endpoint: failure.endpoint },
      { kind, layer, endpoint },
    );
  });
}

test('without a connection, the failure is of the endpoint', () => {
  const unconnected = (code: string, details: string) => classify({ code, details, connected: false }, endpoint);
  assert.deepEqual(unconnected('DEADLINE_EXCEEDED', 'Deadline exceeded'), {
    kind: 'connect-timeout',
    layer: 'endpoint',
    code: 'DEADLINE_EXCEEDED',
    message: 'no connection before the deadline',
    endpoint,
  });
  assert.equal(unconnected('UNAVAILABLE', 'connect ECONNREFUSED ::1:50000').kind, 'refused');
  const { kind, layer } = unconnected('UNAVAILABLE', 'connect EMFILE');
  assert.deepEqual({ kind, layer }, { kind: 'dropped', layer: 'endpoint' });
});

/** Recorded with a Go client, which spells status names differently. */
const statusNames: Readonly<Record<string, string>> = {
  Unavailable: 'UNAVAILABLE',
  PermissionDenied: 'PERMISSION_DENIED',
  NotFound: 'NOT_FOUND',
  Unimplemented: 'UNIMPLEMENTED',
};

const fromGrpc = [
  ['PERMISSION_DENIED', 'Received HTTP status code 403', 'not-talos', 'endpoint'],
  ['UNIMPLEMENTED', 'Received HTTP status code 404', 'not-talos', 'endpoint'],
  ['UNAVAILABLE', 'Received HTTP status code 503', 'unavailable', 'endpoint'],
  ['INTERNAL', 'Received RST_STREAM with code 2 (Internal server error)', 'unavailable', 'node'],
  ['UNAVAILABLE', 'Stream refused by server', 'unavailable', 'node'],
  ['RESOURCE_EXHAUSTED', 'Bandwidth exhausted or memory limit exceeded', 'unavailable', 'node'],
  ['RESOURCE_EXHAUSTED', 'Received message larger than max (34603008 vs 33554432)', 'malformed', 'node'],
  ['INTERNAL', 'Received a compressed message, and none was asked for', 'malformed', 'node'],
] as const;

for (const [code, details, kind, layer] of fromGrpc) {
  test(`${code} ${details} is ${kind} of the ${layer}`, () => {
    const failure = classify({ code, details }, endpoint);
    assert.deepEqual({ kind: failure.kind, layer: failure.layer }, { kind, layer });
  });
}

const fromServers = [
  ['behind-endpoint-refused', 'reader-Version-node-dead-5s', 'refused', 'node'],
  ['behind-endpoint-no-route', 'reader-Get-MachineStatus-node-dead-60s', 'no-route', 'node'],
  ['healthy', 'reader-Version-node-unresolvable', 'unresolved', 'node'],
  ['healthy', 'reader-Get-UnknownType', 'unsupported-type', 'node'],
  ['healthy', 'reader-Kubeconfig', 'not-authorized', 'caller'],
  ['healthy', 'reader-worker-Version-node-cp1', 'no-forwarding', 'endpoint'],
  ['healthy', 'reader-EtcdStatus-node-w1', 'unimplemented', 'node'],
  ['badcert-norole', 'Version-5s', 'not-authorized', 'caller'],
] as const;

for (const [file, name, kind, layer] of fromServers) {
  test(`${file}: ${name} is ${kind} of the ${layer}`, () => {
    const call = recorded(file).find((candidate) => candidate.name === name);
    assert.ok(call?.message !== undefined, `${file} holds ${recorded(file).map((candidate) => candidate.name)}`);
    const failure = classify({ code: statusNames[call.code] ?? call.code, details: call.message }, endpoint);
    assert.deepEqual({ kind: failure.kind, layer: failure.layer }, { kind, layer });
    assert.equal(failure.message, call.message.replace(/\s+/g, ' ').trim());
  });
}

test('messages of the same failure are equal', () => {
  const at = (time: string): string =>
    classify(
      {
        code: 'UNAVAILABLE',
        details: `connect ECONNREFUSED 10.0.0.1:50000 (${time})`,
      },
      endpoint,
    ).message;
  assert.equal(at('2026-11-21T13:00:00.000Z'), at('2026-11-21T13:00:05.000Z'));
  assert.equal(at('2026-11-21T13:00:00.000Z'), 'connect ECONNREFUSED 10.0.0.1:50000');
});

test('a TLS alert has no details of OpenSSL', () => {
  const details =
    '40ADA131547F0000:error:0A000415:SSL routines:ssl3_read_bytes:ssl/tls alert certificate expired:../deps/openssl/openssl/ssl/record/rec_layer_s3.c:918:SSL alert number 45\n';
  const failure = classify({ code: 'UNAVAILABLE', details }, endpoint);
  assert.equal(failure.message, 'ssl/tls alert certificate expired (TLS alert 45)');
});
