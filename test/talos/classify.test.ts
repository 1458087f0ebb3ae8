import assert from 'node:assert/strict';
import { test } from 'node:test';
import { classify } from '../../src/talos/classify.ts';
import { recorded } from '../fixtures/recorded.ts';

const endpoint = '10.0.0.1:50000';
const local = (reason: string): string =>
  `No connection established. Last error: Error: ${reason}. Resolution note: (2026-11-21T13:00:00.000Z)`;

const cases = [
  ['UNAVAILABLE', local('connect ECONNREFUSED 10.0.0.1:50000'), 'refused', 'endpoint'],
  ['UNAVAILABLE', local('connect EHOSTUNREACH 10.0.0.1:50000'), 'no-route', 'endpoint'],
  ['UNAVAILABLE', local('connect ENETUNREACH fd00::1:50000'), 'no-route', 'endpoint'],
  ['UNAVAILABLE', 'Name resolution failed for target dns:nowhere:50000', 'unresolved', 'endpoint'],
  ['UNAVAILABLE', local('unable to verify the first certificate'), 'wrong-ca', 'endpoint'],
  ['UNAVAILABLE', local('sslv3 alert certificate expired:SSL alert number 45'), 'client-certificate-expired', 'caller'],
  ['UNAVAILABLE', local('tlsv1 alert unknown ca:SSL alert number 48'), 'client-certificate-unknown', 'caller'],
  ['UNAVAILABLE', local('tls alert bad certificate:SSL alert number 42'), 'client-certificate-unknown', 'caller'],
  [
    'UNAVAILABLE',
    local('tlsv13 alert certificate required:SSL alert number 116'),
    'client-certificate-missing',
    'caller',
  ],
  ['UNAVAILABLE', local('certificate has expired'), 'server-certificate', 'endpoint'],
  ['UNAVAILABLE', local("Hostname/IP does not match certificate's altnames"), 'server-certificate', 'endpoint'],
  ['UNAVAILABLE', local('ssl3_get_record:wrong version number'), 'not-talos', 'endpoint'],
  [
    'UNAVAILABLE',
    local('Client network socket disconnected before secure TLS connection was established'),
    'dropped',
    'endpoint',
  ],
  ['UNAVAILABLE', 'Connection dropped', 'dropped', 'endpoint'],
  [
    'DEADLINE_EXCEEDED',
    'Deadline exceeded after 5.001s,LB pick: 0s,Waiting for LB pick',
    'connect-timeout',
    'endpoint',
  ],
  ['DEADLINE_EXCEEDED', 'Deadline exceeded after 5.001s,remote_addr=10.0.0.1:50000', 'timeout', 'node'],
  ['UNKNOWN', 'etcdserver: no leader', 'other', 'node'],
  ['UNAVAILABLE', 'etcdserver: rpc not supported for learner', 'unavailable', 'node'],
  ['CANCELLED', 'Call cancelled', 'timeout', 'node'],
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

/** Recorded with a Go client, which spells status names its own way. */
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
  ['RESOURCE_EXHAUSTED', 'Received message that decompresses to a size larger than 33554432', 'malformed', 'node'],
  ['UNAVAILABLE', 'No connection established. Last error: Failed to connect', 'dropped', 'endpoint'],
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

test('the same failure reads the same each time', () => {
  const at = (time: string): string =>
    classify(
      {
        code: 'UNAVAILABLE',
        details: `No connection established. Last error: Error: connect ECONNREFUSED 10.0.0.1:50000 (${time})`,
      },
      endpoint,
    ).message;
  assert.equal(at('2026-11-21T13:00:00.000Z'), at('2026-11-21T13:00:05.000Z'));
  assert.equal(at('2026-11-21T13:00:00.000Z'), 'connect ECONNREFUSED 10.0.0.1:50000');
});

test('what OpenSSL wraps around a TLS alert is left out', () => {
  const details =
    'No connection established. Last error: Error: 40ADA131547F0000:error:0A000415:SSL routines:ssl3_read_bytes:ssl/tls alert certificate expired:../deps/openssl/openssl/ssl/record/rec_layer_s3.c:918:SSL alert number 45. Resolution note:';
  const failure = classify({ code: 'UNAVAILABLE', details }, endpoint);
  assert.equal(failure.message, 'ssl/tls alert certificate expired (TLS alert 45)');
});
