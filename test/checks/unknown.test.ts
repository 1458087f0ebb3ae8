import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { registry } from '../../src/checks/registry.ts';
import { wantedFacets } from '../../src/checks/wanted-facets.ts';
import { evaluate } from '../../src/gate/evaluate.ts';
import { failedChecks, verdict } from '../../src/gate/verdict.ts';
import { isNodeFacet, nodeFacet } from '../../src/observe/facets/table.ts';
import type { FailureKind, FailureLayer } from '../../src/talos/failure.ts';
import { findingsWith, line, options, subject } from '../builders/evaluate.ts';
import { type Fault, facetFailed, facetNames, withFaults } from '../builders/faults.ts';
import { withKubernetes } from '../builders/kubernetes.ts';
import { singleFaults } from '../builders/single-faults.ts';
import { healthySnapshot } from '../builders/snapshot.ts';

const now = { deadlinePassed: true, cancelled: false };

/** Exhaustive: a new kind of failure does not compile until it is here. */
const kinds: Record<FailureKind, FailureLayer> = {
  refused: 'node',
  'no-route': 'node',
  unresolved: 'node',
  'connect-timeout': 'endpoint',
  dropped: 'endpoint',
  'wrong-ca': 'node',
  'server-certificate': 'endpoint',
  'not-talos': 'endpoint',
  unavailable: 'node',
  proxy: 'endpoint',
  'client-certificate-expired': 'caller',
  'client-certificate-unknown': 'caller',
  'client-certificate-missing': 'caller',
  starting: 'node',
  'not-authorized': 'caller',
  'signature-refused': 'caller',
  'account-denied': 'caller',
  'unknown-cluster': 'caller',
  'no-forwarding': 'endpoint',
  'other-machine': 'node',
  timeout: 'node',
  'unsupported-type': 'node',
  'not-found': 'node',
  unimplemented: 'node',
  malformed: 'node',
  cancelled: 'node',
  other: 'node',
};

/** An older Talos has no node ids, and a patch release may close some resources to readers. */
const notExposed: ReadonlySet<string> = new Set(['not-found', 'not-authorized', 'unsupported-type', 'unimplemented']);
const isOptional = (facet: string): boolean =>
  isNodeFacet(facet) && (facet === 'identity' || nodeFacet(facet).optional === true);

/** Facets that only warnings need. */
const onlyWarns = (facet: string): boolean =>
  registry
    .filter(({ enabled }) => enabled?.(options) ?? true)
    .filter(({ reads, alsoReads }) => [...reads, ...alsoReads].some((name) => name === facet))
    .every(({ severity }) => severity === 'warn');

/** It has a default. */
const dispensable: ReadonlySet<string> = new Set(['etcdQuota']);

/** What nobody reads is not even asked. */
const wanted: ReadonlySet<string> = wantedFacets(registry, options);

for (const snapshot of [healthySnapshot(), healthySnapshot({ controlPlanes: 1, workers: 0 })]) {
  for (const node of snapshot.nodes) {
    for (const facet of facetNames(node).filter((name) => name === 'apiServer' || wanted.has(name))) {
      test(`${snapshot.nodes.length} nodes: without ${facet} of ${node.node.name} the cluster is not healthy`, () => {
        for (const kind of Object.keys(kinds) as FailureKind[]) {
          const faulty = withFaults(snapshot, facetFailed(node.node.name, facet, { kind, layer: kinds[kind] }));
          const findings = evaluate(faulty, options);
          const found = verdict(findings, now);
          if (facet === 'apiServer') {
            // An API server of the machine itself that does not answer: no kind of silence is harmless.
            assert.deepEqual([found, failedChecks(findings)], ['unhealthy', ['api-server-ready']], kind);
          } else if (facet === 'etcdAlarms' && snapshot.nodes.length > 1) {
            assert.equal(found, 'healthy', kind);
          } else if (dispensable.has(facet) || onlyWarns(facet) || (isOptional(facet) && notExposed.has(kind))) {
            // Only a warning, or not exposed to a reader.
            assert.equal(found, 'healthy', kind);
          } else if (kind !== 'unsupported-type') {
            assert.equal(found, kind === 'not-authorized' ? 'error' : 'unhealthy', kind);
            assert.notDeepEqual(failedChecks(findings), [], kind);
          }
        }
      });
    }
  }
}

test('an unsupported resource type that every version of Talos has is not skipped', () => {
  const types = {
    machineStatus: 'MachineStatuses.runtime.talos.dev',
    nodename: 'Nodenames.kubernetes.talos.dev',
    nodeStatuses: 'NodeStatuses.kubernetes.talos.dev',
    staticPods: 'StaticPods.kubernetes.talos.dev',
    staticPodStatuses: 'StaticPodStatuses.kubernetes.talos.dev',
  };
  for (const [facet, type] of Object.entries(types)) {
    const message = `resource type "${type}" is not supported`;
    const findings = findingsWith(facetFailed('cp-1', facet, { kind: 'unsupported-type', message }));
    assert.match(
      findings.find(({ status, node }) => status === 'pending' && node === 'cp-1')?.message ?? '',
      / could not be read: resource type .* is not supported$/,
    );
  }
});

test('a resource type that an older Talos does not have is skipped, with the reason', () => {
  const message = 'resource type "Diagnostics.runtime.talos.dev" is not supported';
  const findings = findingsWith(facetFailed('cp-1', 'diagnostics', { kind: 'unsupported-type', message }));
  assert.equal(
    line(findings, 'diagnostics', 'cp-1'),
    `skip: this version of Talos does not know the diagnostics: ${message}`,
  );
  assert.equal(verdict(findings, now), 'healthy');
});

test('a role that may not read ends the wait', () => {
  const findings = findingsWith(
    facetFailed('cp-1', 'services', { kind: 'not-authorized', layer: 'caller', message: 'not authorized' }),
  );
  assert.equal(
    line(findings, 'services', 'cp-1'),
    'fail: the client certificate may not read the list of services: not authorized',
  );
  assert.equal(verdict(findings, now), 'error');
});

test('the finding that blocks exists and is not blocked itself', () => {
  for (const one of singleFaults) {
    for (const other of singleFaults) {
      const findings = findingsWith(one.fault, other.fault);
      const statuses = new Map(findings.map((finding) => [subject(finding), finding.status]));
      for (const { blockedBy } of findings) {
        const status = blockedBy === undefined ? 'pending' : statuses.get(subject(blockedBy));
        assert.ok(status === 'pending' || status === 'fail', `${one.name} with ${other.name}`);
      }
      assert.notEqual(verdict(findings, now), 'healthy', `${one.name} with ${other.name}`);
    }
  }
});

/** Silence of every kind; a refusal or a type that this Talos does not know is an answer. */
const silences = [
  'refused',
  'no-route',
  'unresolved',
  'connect-timeout',
  'dropped',
  'unavailable',
  'starting',
  'timeout',
  'malformed',
  'cancelled',
  'other',
] as const satisfies readonly FailureKind[];

test('law: answers that are lost never make a verdict healthier', () => {
  const snapshot = withKubernetes(healthySnapshot());
  const places = snapshot.nodes.flatMap((node) => facetNames(node).map((facet) => [node.node.name, facet] as const));
  const health = ['error', 'unhealthy', 'healthy'];
  const healthOf = (...faults: readonly Fault[]): number =>
    health.indexOf(verdict(evaluate(withFaults(snapshot, ...faults), options), now) ?? '');
  fc.assert(
    fc.property(
      fc.subarray([...singleFaults], { maxLength: 2 }),
      fc.subarray(places, { minLength: 1 }),
      fc.constantFrom(...silences),
      (faults, lost, kind) => {
        const before = faults.map(({ fault }) => fault);
        const silent = lost.map(([node, facet]) => facetFailed(node, facet, { kind, layer: kinds[kind] }));
        assert.ok(healthOf(...before, ...silent) <= healthOf(...before), faults.map(({ name }) => name).join());
      },
    ),
  );
});
