import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Check } from '../../src/checks/check.ts';
import { registry } from '../../src/checks/registry.ts';
import type { CheckOptions } from '../../src/inputs/options.ts';
import type { KubernetesKind } from '../../src/kubernetes/model.ts';
import type { Snapshot } from '../../src/observe/snapshot.ts';
import type { WatchKind } from '../../src/observe/watching.ts';
import { options } from '../builders/judged.ts';
import { withKubernetes } from '../builders/kubernetes.ts';
import { healthySnapshot, ok } from '../builders/snapshot.ts';

/**
 * What a watch can tell of, by where it is read. What is read to find causes
 * too, such as the services of a node, has its own check to be woken by.
 */
const kindOf: Readonly<Record<string, WatchKind>> = {
  discovery: 'members',
  diagnostics: 'diagnostics',
  ephemeral: 'volumes',
  nodeStatuses: 'node-status',
  staticPods: 'static-pods',
  staticPodStatuses: 'static-pod-statuses',
  kubeletImage: 'kubelet',
};
const kubernetesKindOf: Readonly<Record<string, KubernetesKind>> = {
  nodes: 'nodes',
  pods: 'pods',
  kubeProxy: 'daemon-sets',
  coredns: 'deployments',
};

const asksForAll: CheckOptions = {
  ...options,
  expected: { controlPlanes: 3, workers: 2, kubernetesVersion: 'v1.36.1' },
};

/** Tells which properties are read. */
function spied<T extends object>(target: T, onRead: (name: string) => void): T {
  return new Proxy(target, {
    get: (of, name) => {
      onRead(String(name));
      return Reflect.get(of, name);
    },
  });
}

/** What a check reads of the nodes and of the cluster, and of the Kubernetes API. */
function readBy(check: Check, snapshot: Snapshot): readonly [ReadonlySet<string>, ReadonlySet<string>] {
  const read = new Set<string>();
  const ofKubernetes = new Set<string>();
  const note = (name: string): unknown => read.add(name);
  const nodes = snapshot.nodes.map((node) => spied(node, note));
  const kubernetes = spied(snapshot.kubernetes, (name) => ofKubernetes.add(name));
  const seen = spied({ ...snapshot, nodes, kubernetes }, note);
  if (check.scope === 'cluster') {
    check.evaluate(seen, asksForAll);
  } else {
    for (const node of nodes) {
      check.evaluate(node, seen, asksForAll);
    }
  }
  return [read, ofKubernetes];
}

const healthy = healthySnapshot();
const images = healthy.nodes.map((node) => ({ ...node, kubeletImage: ok('ghcr.io/siderolabs/kubelet:v1.36.1') }));
const cluster: Snapshot = { ...healthy, nodes: images };

for (const check of registry) {
  test(`${check.id}: what it judges wakes it`, () => {
    const [read] = readBy(check, cluster);
    const [, ofKubernetes] = readBy(check, withKubernetes(cluster));
    const kinds = [...read].flatMap((name) => kindOf[name] ?? []);
    assert.deepEqual(
      kinds.filter((kind) => !check.watches.includes(kind)),
      [],
    );
    const { watchesOfKubernetes = [] } = check;
    const kubernetesKinds = [...ofKubernetes].flatMap((name) => kubernetesKindOf[name] ?? []);
    // Some ask for everything, to see whether any of it was answered: one kind is enough to ask the API again.
    assert.ok(kubernetesKinds.length === 0 || kubernetesKinds.some((kind) => watchesOfKubernetes.includes(kind)));
  });
}
