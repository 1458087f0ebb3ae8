import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Snapshot } from '../../src/observe/snapshot.ts';
import { findingLine } from '../builders/evaluate.ts';
import { type Fault, onNode, withFaults } from '../builders/faults.ts';
import { withKubernetes } from '../builders/kubernetes.ts';
import { healthySnapshot, now, ok } from '../builders/snapshot.ts';

const hour = 60 * 60 * 1000;

/** A certificate with a lifetime, and what is left of it, both in hours. */
const certificate = (lifetime: number, left: number) => ({
  notBefore: now + (left - lifetime) * hour,
  notAfter: now + left * hour,
});

function apid(left: number, lifetime = 24): Fault {
  return (snapshot) => ({
    ...snapshot,
    endpoints: snapshot.endpoints.map((endpoint, index) =>
      index === 0 ? { ...endpoint, nodeId: 'id of cp-1', certificate: certificate(lifetime, left) } : endpoint,
    ),
  });
}

/** The gate has connected to no endpoint. */
const unseen: Fault = (snapshot) => ({
  ...snapshot,
  endpoints: snapshot.endpoints.map(({ certificate: _, ...endpoint }) => endpoint),
});

const apiServer = (left: number, talosPort = true): Fault =>
  onNode('cp-2', ({ apiServerWay: way, apiServer: answer }) => ({
    ...(answer?.ok && { apiServer: ok({ ...answer.value, certificate: certificate(365 * 24, left) }) }),
    ...(way && { apiServerWay: { ...way, talosPort } }),
  }));

for (const [name, faults, expected] of [
  ['none was seen', [unseen], /^skip: no certificate was seen$/],
  ['all are new', [], /^pass: 3 certificates, the first expires at 2026-01-02 06:00 UTC$/],
  ['that of apid is new', [unseen, apid(23)], /^pass: 1 certificate, the first expires at 2026-01-02 11:00 UTC$/],
  ['that of apid was to be renewed an hour ago', [apid(11)], /^pass: /],
  [
    'that of apid has two of 24 hours left',
    [apid(2)],
    /^warn: the certificate of apid at 10.0.0.1:50000 expires at 2026-01-01 14:00 UTC$/,
  ],
  ['that of kube-apiserver has a month left', [apiServer(30 * 24)], /^pass: 4 certificates, /],
  [
    'that of kube-apiserver has a week left',
    [apid(23), apiServer(7 * 24)],
    /^warn: the certificate of kube-apiserver of cp-2 expires at 2026-01-08 12:00 UTC$/,
  ],
  [
    'both, and one has expired',
    [apid(1), apiServer(-1)],
    /^warn: .* expires at .*; the certificate of kube-apiserver of cp-2 expired at 2026-01-01 11:00 UTC$/,
  ],
  ['the address may lead to another host', [apiServer(1, false)], /^pass: 3 certificates, /],
  [
    'the address may lead to another host, and Kubernetes has verified it',
    [withKubernetes, apiServer(1, false)],
    /^warn: /,
  ],
] as const satisfies readonly (readonly [string, readonly ((snapshot: Snapshot) => Snapshot)[], RegExp])[]) {
  test(`certificates: ${name}`, () => {
    assert.match(findingLine(withFaults(healthySnapshot(), ...faults), 'certificates'), expected);
  });
}
