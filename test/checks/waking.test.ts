import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Check } from '../../src/checks/check.ts';
import { registry } from '../../src/checks/registry.ts';
import type { CheckOptions } from '../../src/inputs/options.ts';
import { kubernetesFacets } from '../../src/observe/facets/kubernetes.ts';
import { isNodeFacet, isWatched } from '../../src/observe/facets/table.ts';
import type { Snapshot } from '../../src/observe/snapshot.ts';
import { options } from '../builders/evaluate.ts';
import { withKubernetes } from '../builders/kubernetes.ts';
import { healthySnapshot } from '../builders/snapshot.ts';

/** Facets that are also read to find causes. Another check declares them. */
const ofCauses: ReadonlySet<string> = new Set(['version', 'identity', 'nodename', 'services', 'machineStatus']);

const withEveryCheck: CheckOptions = {
  ...options,
  expected: { controlPlanes: 3, workers: 2, kubernetesVersion: 'v1.36.1' },
  upgrade: { talos: '1.14.2', kubernetes: '1.36.1' },
  safeToReboot: ['cp-1', 'worker-1'],
};

/** Reports which properties are read. */
function spied<T extends object>(target: T, onRead: (name: string) => void): T {
  return new Proxy(target, {
    get: (of, name) => {
      onRead(String(name));
      return Reflect.get(of, name);
    },
  });
}

/** The facets that a check reads: of nodes and of the cluster, and of the Kubernetes API. */
function readBy(check: Check, snapshot: Snapshot): readonly [ReadonlySet<string>, ReadonlySet<string>] {
  const read = new Set<string>();
  const ofKubernetes = new Set<string>();
  const note = (name: string): unknown => read.add(name);
  const nodes = snapshot.nodes.map((node) => spied(node, note));
  const kubernetes = spied(snapshot.kubernetes, (name) => ofKubernetes.add(name));
  const seen = spied({ ...snapshot, nodes, kubernetes }, note);
  if (check.scope === 'cluster') {
    check.evaluate(seen, withEveryCheck);
  } else {
    for (const node of nodes) {
      check.evaluate(node, seen, withEveryCheck);
    }
  }
  return [read, ofKubernetes];
}

const cluster = healthySnapshot();

for (const check of registry) {
  test(`${check.id}: every facet that it uses is declared, and watched`, () => {
    const [read] = readBy(check, cluster);
    const [, ofKubernetes] = readBy(check, withKubernetes(cluster));
    const declared: readonly string[] = [...check.reads, ...check.alsoReads];
    const undeclared = [...read]
      .filter((name) => (isNodeFacet(name) && !ofCauses.has(name)) || name === 'discovery')
      .filter((name) => !declared.includes(name));
    assert.deepEqual(undeclared, []);
    assert.deepEqual(check.watches, declared.filter(isWatched));
    // Some read every facet to learn whether the API answers: declaring one of them is enough.
    const facets = [...ofKubernetes].filter((name) => name in kubernetesFacets);
    assert.ok(facets.length === 0 || facets.some((name) => declared.includes(`kubernetes.${name}`)));
  });
}
