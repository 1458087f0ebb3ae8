import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hostIndex } from '../../src/values/host-index.ts';

const machines = [
  { id: 'a', hosts: ['cp-1.example.com', '10.0.0.1', 'FD00::1', '10.0.2.15'] },
  { id: 'b', hosts: ['worker-1', '10.0.0.2', '10.0.2.15'] },
  { id: 'c', hosts: ['worker-1.other.com', 'worker-2.example.com', 'worker-2'] },
  { id: 'd', hosts: ['node.one.com'] },
  { id: 'e', hosts: ['node.two.com'] },
];
const index = hostIndex(machines, ({ hosts }) => hosts);

const found: readonly (readonly [host: string, id: string | undefined])[] = [
  ['10.0.0.1', 'a'],
  ['fd00:0::1', 'a'],
  ['CP-1.Example.Com', 'a'],
  ['cp-1', 'a'],
  ['cp-1.elsewhere.com', undefined],
  ['10.0.2.15', undefined],
  ['worker-1', 'b'],
  ['worker-2.example.com', 'c'],
  ['worker-2.elsewhere.com', 'c'],
  ['node', undefined],
  ['node.two.com', 'e'],
  ['10.0.0.9', undefined],
  ['10', undefined],
];

for (const [host, id] of found) {
  test(`${host} is ${id ?? 'nobody alone'}`, () => {
    assert.equal(index.find(host)?.id, id);
  });
}

test('who claims what several have', () => {
  assert.deepEqual(
    index.claimants('10.0.2.15').map(({ id }) => id),
    ['a', 'b'],
  );
  assert.deepEqual(
    index.claimants('node').map(({ id }) => id),
    ['d', 'e'],
  );
});
