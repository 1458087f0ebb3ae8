import assert from 'node:assert/strict';
import { test } from 'node:test';
import { causesWith } from '../builders/diagnose.ts';
import { serviceIs, unreachable } from '../builders/faults.ts';
import { notReady } from '../builders/scenarios.ts';

const subjects = (findings: readonly { readonly check: string; readonly node?: string }[]) =>
  findings.map(({ check, node }) => `${check}@${node}`);

test('findings of a node that does not answer are not judged, and are no consequences', () => {
  const [cause] = causesWith(unreachable('worker-1'));
  assert.ok(subjects(cause?.notJudged ?? []).includes('services@worker-1'));
  assert.ok(!subjects(cause?.consequences ?? []).includes('services@worker-1'));
});

test('a failure that follows from a cause is its consequence', () => {
  const [cause] = causesWith(
    serviceIs('worker-1', 'kubelet', { state: 'Failed', lastEvent: 'no image' }),
    notReady('worker-1'),
  );
  assert.deepEqual(subjects(cause?.consequences ?? []), ['node-ready@worker-1']);
});
