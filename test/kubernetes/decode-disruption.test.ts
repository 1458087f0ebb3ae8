import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeBudget, decodePlacedPod } from '../../src/kubernetes/decode-disruption.ts';

const metadata = { name: 'web-1', namespace: 'shop', labels: { app: 'web' } };
const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', controller: true };
const pod = {
  metadata: { ...metadata, ownerReferences: [owner] },
  spec: { nodeName: 'worker-1' },
  status: { phase: 'Running' },
};

test('a pod is decoded with its node, its labels and whether something makes it again', () => {
  assert.deepEqual(decodePlacedPod(pod), {
    name: 'shop/web-1',
    namespace: 'shop',
    labels: { app: 'web' },
    node: 'worker-1',
    managed: true,
    ended: false,
  });
  assert.equal(decodePlacedPod({ ...pod, metadata }).managed, false);
  const owned = { ...metadata, ownerReferences: [{ ...owner, controller: false }] };
  assert.equal(decodePlacedPod({ ...pod, metadata: owned }).managed, false);
  const mirror = { ...metadata, annotations: { 'kubernetes.io/config.mirror': 'hash' } };
  assert.equal(decodePlacedPod({ ...pod, metadata: mirror }).managed, true);
});

test('a pod that has ended or is being deleted goes anyway, and one without a node is nowhere', () => {
  for (const phase of ['Succeeded', 'Failed']) {
    assert.equal(decodePlacedPod({ ...pod, status: { phase } }).ended, true);
  }
  const deleted = { ...metadata, deletionTimestamp: '2026-01-01T00:00:00Z' };
  assert.equal(decodePlacedPod({ ...pod, metadata: deleted }).ended, true);
  assert.equal(decodePlacedPod({ metadata }).node, '');
});

const budget = {
  metadata: { name: 'web', namespace: 'shop', generation: 2 },
  spec: {
    selector: { matchLabels: { app: 'web' }, matchExpressions: [{ key: 'tier', operator: 'In', values: ['a'] }] },
  },
  status: { disruptionsAllowed: 1, observedGeneration: 2 },
};

test('a budget is decoded with its selector, and what it allows', () => {
  assert.deepEqual(decodeBudget(budget), {
    name: 'shop/web',
    namespace: 'shop',
    selector: { labels: { app: 'web' }, requirements: [{ key: 'tier', operator: 'In', values: ['a'] }] },
    allowed: 1,
    upToDate: true,
  });
});

test('a budget without a status allows nothing, and is not up to date', () => {
  const { allowed, upToDate, selector } = decodeBudget({ metadata: budget.metadata, spec: {} });
  assert.deepEqual([allowed, upToDate, selector], [0, false, undefined]);
  assert.equal(decodeBudget({ ...budget, status: { disruptionsAllowed: 1, observedGeneration: 1 } }).upToDate, false);
});

test('what cannot be understood is an error, and no permission', () => {
  const selecting = (expression: unknown) => ({ ...budget, spec: { selector: { matchExpressions: [expression] } } });
  for (const [value, words] of [
    [
      selecting({ key: 'a', operator: 'Near' }),
      /an expression of PodDisruptionBudget shop\/web has an unknown operator/,
    ],
    [selecting('a'), /an expression of PodDisruptionBudget shop\/web is no object/],
    [
      { ...budget, status: { disruptionsAllowed: 'many' } },
      /disruptionsAllowed of PodDisruptionBudget shop\/web is no number/,
    ],
    [{ ...budget, spec: undefined }, /spec of PodDisruptionBudget shop\/web is no object/],
    [{ ...budget, metadata: { name: 'web' } }, /the namespace of PodDisruptionBudget web is no name/],
  ] as const) {
    assert.throws(() => decodeBudget(value), words);
  }
  assert.throws(() => decodePlacedPod({ metadata: { name: 'x' } }), /the namespace of pod x is no name/);
});
