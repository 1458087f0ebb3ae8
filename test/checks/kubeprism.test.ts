import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromBinary } from '@bufbuild/protobuf';
import { GetResponseSchema } from '../../src/gen/cosi/resource/resource_pb.ts';
import { kubePrismStatuses } from '../../src/talos/resources/kubernetes.ts';
import { findingLine } from '../builders/evaluate.ts';
import { all, type Fault, facetFailed, onNode, podIs, stage, unreachable, withFaults } from '../builders/faults.ts';
import { healthySnapshot, ok } from '../builders/snapshot.ts';
import { answerBytes, recorded } from '../fixtures/recorded.ts';

const cutOff = onNode('worker-1', () => ({ kubePrism: ok(false) }));
const off = (node: string) => facetFailed(node, 'kubePrism', { kind: 'not-found', message: "doesn't exist" });
const apiServersDown = all(...[1, 2, 3].map((n) => podIs(`cp-${n}`, 'kube-apiserver', { ready: false })));

for (const [name, faults, expected] of [
  ['it reaches an API server', [], /^pass: it reaches an API server$/],
  ['it reaches none', [cutOff], /^pending: KubePrism, .*, reaches no API server$/],
  ['no API server works', [cutOff, apiServersDown], /^blocked by api-server-ready cp-1: /],
  ['one API server does not work', [cutOff, podIs('cp-2', 'kube-apiserver', { ready: false })], /^pending: /],
  ['it is not enabled on most nodes', ['cp-1', 'cp-2', 'worker-1'].map(off), /^skip: KubePrism is not enabled$/],
  [
    'it is not enabled, and is elsewhere',
    [off('worker-1')],
    /^warn: KubePrism is not enabled, and is on 4 other nodes: what asks the Kubernetes API at localhost, /,
  ],
  [
    'it is not there yet while the machine boots',
    [off('worker-1'), stage('worker-1', 'booting', { name: 'network', reason: 'waiting on: connectivity' })],
    /^blocked by boot-finished worker-1: KubePrism is not enabled, /,
  ],
  [
    'it is not told to a reader',
    [facetFailed('worker-1', 'kubePrism', { kind: 'not-authorized', message: 'not authorized' })],
    /^skip: this version of Talos does not expose whether KubePrism/,
  ],
  ['the call times out', [facetFailed('worker-1', 'kubePrism')], /^pending: whether KubePrism .* could not be read: /],
  ['the node is down', [unreachable('worker-1')], /^blocked by api-reachable worker-1: /],
] as const satisfies readonly (readonly [string, readonly Fault[], RegExp])[]) {
  test(`kubeprism: ${name}`, () => {
    assert.match(findingLine(withFaults(healthySnapshot(), ...faults), 'kubeprism', 'worker-1'), expected);
  });
}

/** The nodes of 1.9.6 were recorded beside API servers that were not reached, and say so. */
for (const [file, healthy] of [
  ['more-1.9.6', false],
  ['more-1.13.9', true],
  ['more-1.14', true],
] as const) {
  test(`the KubePrism status of ${file} is decoded`, () => {
    const call = recorded(file).find(({ name }) => name.endsWith('-reader-KubePrism'));
    const [bytes = new Uint8Array()] = call === undefined ? [] : answerBytes(call);
    const { resource } = fromBinary(GetResponseSchema, bytes);
    assert.ok(resource);
    assert.equal(kubePrismStatuses.decode(resource), healthy);
  });
}
