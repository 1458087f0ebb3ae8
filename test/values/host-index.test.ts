import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { canonicalHost } from '../../src/values/address.ts';
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
  test(`${host} finds ${id ?? 'no single machine'}`, () => {
    assert.equal(index.find(host)?.id, id);
  });
}

test('a host that several machines have has all of them as claimants', () => {
  assert.deepEqual(
    index.claimants('10.0.2.15').map(({ id }) => id),
    ['a', 'b'],
  );
  assert.deepEqual(
    index.claimants('node').map(({ id }) => id),
    ['d', 'e'],
  );
});

const host = fc.oneof(
  fc.constantFrom('cp-1', 'cp-1.a.example', 'CP-1.B.example', 'worker', '10.0.0.1', 'fd00::1', 'FD00:0::1'),
  fc.domain(),
  fc.ipV4(),
);
const several = fc.array(fc.array(host, { maxLength: 4 }), { maxLength: 5 });

test('law: a machine claims each of its hosts in any spelling, and is found by those that no other claims', () => {
  fc.assert(
    fc.property(several, (hosts) => {
      const all = hosts.map((own) => ({ own }));
      const built = hostIndex(all, ({ own }) => own);
      for (const machine of all) {
        for (const one of machine.own) {
          for (const spelling of [one, one.toUpperCase(), canonicalHost(one)]) {
            const claimants = built.claimants(spelling);
            assert.ok(claimants.includes(machine), spelling);
            assert.equal(built.find(spelling), claimants.length === 1 ? machine : undefined);
          }
        }
      }
    }),
  );
});

test('law: the order of the machines does not matter', () => {
  fc.assert(
    fc.property(several, host, (hosts, wanted) => {
      const all = hosts.map((own) => ({ own }));
      const found = hostIndex(all, ({ own }) => own).claimants(wanted);
      const reversed = hostIndex(all.toReversed(), ({ own }) => own).claimants(wanted);
      assert.deepEqual(new Set(reversed), new Set(found));
    }),
  );
});
