import assert from 'node:assert/strict';
import { test } from 'node:test';
import { verdict } from '../../src/gate/verdict.ts';
import { findingsWith, subject, unresolved } from '../builders/evaluate.ts';
import { singleFaults, subjectOf } from '../builders/single-faults.ts';

test('a healthy cluster passes every check', () => {
  const findings = findingsWith();
  assert.deepEqual(findings.filter(({ status }) => status !== 'pass').map(subject), []);
  assert.equal(verdict(findings, { deadlinePassed: false, cancelled: false }), 'healthy');
});

for (const single of singleFaults) {
  test(`${single.name}: only ${subjectOf(single)} is unresolved`, () => {
    const findings = findingsWith(single.fault);
    assert.deepEqual(unresolved(findings), [subjectOf(single)]);
    for (const { status, blockedBy } of findings) {
      assert.equal(status === 'blocked', blockedBy !== undefined);
      assert.equal(blockedBy === undefined ? subjectOf(single) : subject(blockedBy), subjectOf(single));
    }
  });
}

test('two faults on different nodes are both unresolved', () => {
  for (const one of singleFaults) {
    for (const other of singleFaults) {
      const quorumLost = one.costsVote && other.costsVote;
      if (one.node !== undefined && other.node !== undefined && one.node !== other.node && !quorumLost) {
        const found = unresolved(findingsWith(one.fault, other.fault));
        assert.deepEqual(
          [...found].sort(),
          [subjectOf(one), subjectOf(other)].sort(),
          `${one.name} on ${one.node}, with ${other.name} on ${other.node}`,
        );
      }
    }
  }
});
