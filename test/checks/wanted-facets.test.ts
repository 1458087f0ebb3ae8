import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { registry } from '../../src/checks/registry.ts';
import { wantedFacets, wantedOfKubernetes } from '../../src/checks/wanted-facets.ts';
import { evaluate } from '../../src/gate/evaluate.ts';
import type { CheckOptions } from '../../src/inputs/options.ts';
import { notQueried } from '../../src/observe/facets/facet.ts';
import { kubernetesFacetNames } from '../../src/observe/facets/kubernetes.ts';
import { nodeFacetNames } from '../../src/observe/facets/table.ts';
import type { KubernetesSnapshot, NodeSnapshot, Snapshot } from '../../src/observe/snapshot.ts';
import { options, subject } from '../builders/evaluate.ts';
import { all, type Fault, onEveryNode, onNode, unreachable, withFaults } from '../builders/faults.ts';
import { withKubernetes } from '../builders/kubernetes.ts';
import { singleFaults } from '../builders/single-faults.ts';
import { healthySnapshot, ok } from '../builders/snapshot.ts';

const isSkippable = ({ stage }: { readonly stage: string }): boolean => stage !== 'connectivity';

/** Without these checks. */
const without = (ids: readonly string[]): CheckOptions => ({
  ...options,
  policies: new Map(ids.map((id) => [id, { policy: 'skip', input: 'checks', by: 'the input checks' }])),
});

/** What is observed with these options: of the snapshot, only what is asked for. */
function observed({ nodes, kubernetes, ...snapshot }: Snapshot, given: CheckOptions): Snapshot {
  const wanted = wantedFacets(registry, given);
  const ofKubernetes = wantedOfKubernetes(registry, given);
  const unasked = nodeFacetNames.filter((name) => !wanted.has(name)).map((name) => [name, notQueried]);
  const unaskedOfKubernetes = kubernetesFacetNames
    .filter((name) => !ofKubernetes.has(name))
    .map((name) => [name, notQueried]);
  return {
    ...snapshot,
    nodes: nodes.map((node): NodeSnapshot => ({ ...node, ...Object.fromEntries(unasked) })),
    kubernetes: { ...kubernetes, ...Object.fromEntries(unaskedOfKubernetes) } as KubernetesSnapshot,
  };
}

const outcomes = (snapshot: Snapshot, given: CheckOptions): readonly string[] =>
  evaluate(snapshot, given).map((finding) => `${finding.status} ${subject(finding)}`);

const skippable = registry.filter(isSkippable).map(({ id }) => id);

/** A control plane that has left while the gate waits: it is no member of etcd any more. */
const left: Fault = all(
  onNode('cp-3', ({ node }) => ({ node: { ...node, vanished: true } })),
  unreachable('cp-3', { layer: 'node', kind: 'no-route' }),
  onEveryNode(({ etcdMembers }) =>
    etcdMembers.ok ? { etcdMembers: ok(etcdMembers.value.filter(({ id }) => id !== 'e3')) } : {},
  ),
);

const faults = [...singleFaults.map(({ fault }) => fault), left];

test('law: whichever checks are skipped, what is not asked for that reason changes no finding', () => {
  const judged = (skipped: readonly string[], fault: Fault): void => {
    const given = without(skipped);
    const snapshot = withFaults(withKubernetes(healthySnapshot()), fault);
    assert.deepEqual(outcomes(observed(snapshot, given), given), outcomes(snapshot, given));
  };
  for (const fault of faults) {
    judged(skippable, fault);
  }
  fc.assert(fc.property(fc.subarray(skippable), fc.constantFrom(...faults), judged));
});
