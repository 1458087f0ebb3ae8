import assert from 'node:assert/strict';
import { test } from 'node:test';
import { diagnose } from '../../src/diagnosis/diagnose.ts';
import type { RootCause } from '../../src/diagnosis/root-cause.ts';
import { evaluate } from '../../src/gate/evaluate.ts';
import { options, subject } from '../builders/evaluate.ts';
import { withFaults } from '../builders/faults.ts';
import { withKubernetes } from '../builders/kubernetes.ts';
import { type SingleFault, singleFaults, subjectOf } from '../builders/single-faults.ts';
import { healthySnapshot } from '../builders/snapshot.ts';

function causesOf(...faults: readonly SingleFault[]): readonly RootCause[] {
  const snapshot = withFaults(withKubernetes(healthySnapshot()), ...faults.map(({ fault }) => fault));
  const findings = evaluate(snapshot, options);
  const causes = diagnose(findings, snapshot);
  const explained = causes.flatMap((cause) => [...cause.findings, ...cause.consequences, ...cause.notJudged]);
  const open = findings.filter(({ status }) => !['pass', 'skip', 'warn'].includes(status));
  assert.deepEqual(explained.map(subject).sort(), open.map(subject).sort(), 'each finding has exactly one cause');
  return causes;
}

const about = ({ findings }: RootCause, single: SingleFault): boolean =>
  findings.map(subject).includes(subjectOf(single));

for (const single of singleFaults) {
  test(`${single.name}: one cause, which names ${single.node ?? 'no healthy node'}`, () => {
    const [cause, ...others] = causesOf(single);
    assert(cause !== undefined && about(cause, single));
    assert.deepEqual(others, []);
    if (single.node !== undefined) {
      assert.deepEqual(cause.nodes, [single.node]);
    }
    assert.match(cause.title, /^\S.*\S$/);
    assert.match(cause.explanation, /\.$/);
    assert.match(cause.hint.text, /\.$/);
    for (const command of cause.hint.commands) {
      // `talosctl get` accepts one type, not a list.
      assert.doesNotMatch(command, / get \S*,/);
    }
  });
}

test('two faults on different nodes are two causes, and no other node is blamed', () => {
  for (const one of singleFaults) {
    for (const other of singleFaults) {
      // If one of three members is gone and the other two follow different leaders, either of them may be right.
      const undecidable =
        one.costsVote && other.costsVote && [one, other].some(({ name }) => name === 'another leader');
      if (one.node === undefined || other.node === undefined || one.node === other.node || undecidable) {
        continue;
      }
      const causes = causesOf(one, other);
      const text = `${one.name} on ${one.node}, with ${other.name} on ${other.node}: ${causes.map(({ nodes, title }) => `${nodes.join()} ${title}`).join(' | ')}`;
      assert(
        causes.some((cause) => about(cause, one) && cause.nodes.includes(one.node ?? '')),
        text,
      );
      assert(
        causes.some((cause) => about(cause, other) && cause.nodes.includes(other.node ?? '')),
        text,
      );
      assert.deepEqual([...new Set(causes.flatMap(({ nodes }) => nodes))].sort(), [one.node, other.node].sort(), text);
    }
  }
});

test("a fault of the caller's configuration is the first cause", () => {
  const callers = singleFaults.filter(({ check, node }) => check === 'credentials' && node === undefined);
  assert.equal(callers.length, 3);
  for (const caller of callers) {
    for (const other of singleFaults.filter(({ node }) => node !== undefined)) {
      const [first] = causesOf(other, caller);
      assert(first !== undefined && about(first, caller), `${caller.name} with ${other.name}`);
    }
  }
});
