import assert from 'node:assert/strict';
import { test } from 'node:test';
import { caused } from '../builders/caused.ts';
import { notReady } from '../builders/scenes.ts';
import { serviceIs, unreachable } from '../builders/spoil.ts';

const subjects = (findings: readonly { readonly check: string; readonly node?: string }[]) =>
  findings.map(({ check, node }) => `${check}@${node}`);

test('of a node that does not answer nothing is a consequence: it is not known', () => {
  const [cause] = caused(unreachable('worker-1'));
  assert.ok(subjects(cause?.notJudged ?? []).includes('services@worker-1'));
  assert.ok(!subjects(cause?.consequences ?? []).includes('services@worker-1'));
});

test('what is seen to be wrong behind a cause is its consequence', () => {
  const [cause] = caused(
    serviceIs('worker-1', 'kubelet', { state: 'Failed', lastEvent: 'no image' }),
    notReady('worker-1'),
  );
  assert.deepEqual(subjects(cause?.consequences ?? []), ['node-ready@worker-1']);
});
