import assert from 'node:assert/strict';
import { test } from 'node:test';
import { diagnose } from '../../src/diagnosis/diagnose.ts';
import { titleInWords } from '../../src/diagnosis/title.ts';
import { evaluate } from '../../src/gate/evaluate.ts';
import type { FailureKind, FailureLayer } from '../../src/talos/failure.ts';
import { options } from '../builders/evaluate.ts';
import {
  type Fault,
  facetFailed,
  facetNames,
  onNode,
  serviceIs,
  stage,
  unmet,
  unreachable,
  withFaults,
} from '../builders/faults.ts';
import { withKubernetes } from '../builders/kubernetes.ts';
import { assertInWords, rawErrors } from '../builders/raw-errors.ts';
import { endpointsAre, failing } from '../builders/scenarios.ts';
import { singleFaults } from '../builders/single-faults.ts';
import { healthySnapshot, ok } from '../builders/snapshot.ts';

const healthy = withKubernetes(healthySnapshot());

function titlesOf(...faults: readonly Fault[]): readonly string[] {
  const snapshot = withFaults(healthy, ...faults);
  return diagnose(evaluate(snapshot, options), snapshot).map(({ title }) => title);
}

const kinds: readonly (readonly [kind: FailureKind, layer: FailureLayer])[] = [
  ['refused', 'endpoint'],
  ['unresolved', 'endpoint'],
  ['dropped', 'endpoint'],
  ['server-certificate', 'endpoint'],
  ['not-talos', 'endpoint'],
  ['unavailable', 'endpoint'],
  ['proxy', 'endpoint'],
  ['wrong-ca', 'endpoint'],
  ['client-certificate-expired', 'caller'],
  ['client-certificate-unknown', 'caller'],
  ['not-authorized', 'caller'],
  ['signature-refused', 'caller'],
  ['account-denied', 'caller'],
  ['unknown-cluster', 'caller'],
  ['unavailable', 'node'],
  ['timeout', 'node'],
  ['malformed', 'node'],
  ['other', 'node'],
];

/** Faults that carry a text of a program or a library. */
function quoting(message: string): readonly Fault[] {
  const facets = healthy.nodes.flatMap((node) => facetNames(node).map((facet) => [node.node.name, facet] as const));
  return [
    ...facets.map(([node, facet]) => facetFailed(node, facet, { kind: 'other', message })),
    ...kinds.map(([kind, layer]) => unreachable('cp-2', { kind, layer, message })),
    ...kinds.map(([kind, layer]) => endpointsAre(failing('lb.example.org:50000', { kind, layer, message }))),
    ...kinds.map(([kind, layer]) =>
      endpointsAre(
        { endpoint: '10.0.1.1:50000', state: 'worker' },
        failing('10.0.0.1:50000', { kind, layer, message }),
      ),
    ),
    ...kinds.map(
      ([kind, layer]): Fault =>
        (snapshot) => ({
          ...snapshot,
          discovery: { ok: false, error: { kind, layer, code: 'UNKNOWN', message }, at: snapshot.at },
        }),
    ),
    serviceIs('worker-1', 'kubelet', { state: 'Failed', lastEvent: message }),
    serviceIs('worker-1', 'kubelet', { health: 'unhealthy', healthMessage: message }),
    serviceIs('cp-2', 'etcd', { state: 'Failed', lastEvent: message }),
    unmet('cp-1', 'staticPods', message),
    unmet('worker-1', 'moon', message),
    stage('worker-1', 'booting', { name: 'time', reason: message }),
    onNode('worker-1', () => ({ diagnostics: ok([{ id: 'odd', message, details: [] }]) })),
    onNode('cp-2', ({ etcdStatus }) => ({
      etcdStatus: etcdStatus.ok ? ok({ ...etcdStatus.value, errors: [message] }) : etcdStatus,
    })),
  ];
}

test('every cause has a title in words', () => {
  for (const { name, fault } of singleFaults) {
    for (const title of titlesOf(fault)) {
      assertInWords(title, name);
    }
  }
});

for (const message of rawErrors) {
  test(`no title quotes: ${message}`, () => {
    const titles = quoting(message).flatMap((fault) => titlesOf(fault));
    assert.ok(titles.length > 50, `${titles.length}`);
    for (const title of titles) {
      assertInWords(title);
    }
  });
}

test('a title that is nothing but an error says which check is not met, and what the error means', () => {
  const refused = 'Get "https://10.0.0.1:6443/": dial tcp 10.0.0.1:6443: connect: connection refused';
  assert.equal(
    titleInWords(refused, 'kubernetes-api'),
    'not met: the Kubernetes API answers that it is ready, connection refused',
  );
  assert.equal(titleInWords('rpc error: code = Unknown desc = odd', 'of-a-newer-server'), 'a check fails');
});
