import assert from 'node:assert/strict';
import { test } from 'node:test';
import { imageVersion, isVersion } from '../../src/checks/facts/versions.ts';
import { evaluate } from '../../src/gate/evaluate.ts';
import type { CheckOptions } from '../../src/inputs/options.ts';
import type { Snapshot } from '../../src/observe/snapshot.ts';
import { findingLine, options, unresolved } from '../builders/evaluate.ts';
import { type Fault, onEveryNode, onNode, unreachable, withFaults } from '../builders/faults.ts';
import { failed, healthySnapshot, ok, staticPod } from '../builders/snapshot.ts';

test('an expected version matches a full version or its first parts', () => {
  for (const [version, expected] of [
    ['v1.14.0', '1.14.0'],
    ['v1.14.3', '1.14'],
    ['v1.14.0-rc.1', '1.14'],
    ['1.36.1+k3s1', '1.36.1'],
    ['v1.14.0-rc.1', '1.14.0-rc.1'],
    ['v2.0.0', '2'],
  ] as const) {
    assert.equal(isVersion(version, expected), true, `${version} is ${expected}`);
  }
  for (const [version, expected] of [
    ['v1.14.0', '1.14.1'],
    ['v1.140.0', '1.14'],
    ['v1.14.0-rc.1', '1.14.0'],
    ['v1.14.0', '1.14.0-rc.1'],
    ['v11.1.0', '1'],
    ['', '1'],
  ] as const) {
    assert.equal(isVersion(version, expected), false, `${version} is not ${expected}`);
  }
});

test('the version of an image is its tag', () => {
  assert.equal(imageVersion('registry.k8s.io/kube-apiserver:v1.36.1'), 'v1.36.1');
  assert.equal(imageVersion('localhost:5000/kubelet:v1.36.1-fat@sha256:0123'), 'v1.36.1-fat');
  assert.equal(imageVersion('localhost:5000/kubelet'), undefined);
  assert.equal(imageVersion('kubelet:latest'), undefined);
  assert.equal(imageVersion('kubelet@sha256:0123'), undefined);
});

const talos = (talosVersion: string): Partial<CheckOptions> => ({ expected: { talosVersion } });
const kubernetes: Partial<CheckOptions> = { expected: { kubernetesVersion: '1.36' } };
const kubelets = onEveryNode(() => ({ kubeletImage: ok('ghcr.io/siderolabs/kubelet:v1.36.1') }));
const well = withFaults(healthySnapshot(), kubelets);

const on = (snapshot: Snapshot, check: string, node: string, given: Partial<CheckOptions>, ...faults: Fault[]) =>
  findingLine(withFaults(snapshot, ...faults), check, node, given);

test('talos-version: a node with another version is pending', () => {
  assert.equal(on(well, 'talos-version', 'cp-1', talos('1.14')), 'pass: Talos v1.14.0');
  assert.equal(
    on(well, 'talos-version', 'worker-1', talos('1.14.1')),
    'pending: it runs Talos v1.14.0, and 1.14.1 is expected',
  );
  assert.match(
    on(well, 'talos-version', 'worker-1', talos('1.14'), unreachable('worker-1')),
    /^blocked by api-reachable worker-1: /,
  );
});

test('kubernetes-version: another version of the kubelet or of a component is pending', () => {
  assert.equal(on(well, 'kubernetes-version', 'worker-1', kubernetes), 'pass: Kubernetes v1.36.1');
  assert.equal(on(well, 'kubernetes-version', 'cp-1', kubernetes), 'pass: Kubernetes v1.36.1');
  const old = onNode('worker-1', () => ({ kubeletImage: ok('ghcr.io/siderolabs/kubelet:v1.35.4') }));
  assert.equal(
    on(well, 'kubernetes-version', 'worker-1', kubernetes, old),
    'pending: kubelet v1.35.4, and 1.36 is expected',
  );
  const halfway = onNode('cp-1', () => ({
    staticPods: ok([
      staticPod('kube-apiserver'),
      staticPod('kube-scheduler', { image: 'registry.k8s.io/kube-scheduler:v1.35.4' }),
      staticPod('kube-controller-manager', { image: 'mirror/kube-controller-manager@sha256:01' }),
      staticPod('something-else', { image: 'whatever:v3' }),
    ]),
  }));
  assert.equal(
    on(well, 'kubernetes-version', 'cp-1', kubernetes, halfway),
    'pending: kube-scheduler v1.35.4, kube-controller-manager of the image mirror/kube-controller-manager@sha256:01, and 1.36 is expected',
  );
});

test('kubernetes-version: an unknown version does not pass', () => {
  const older = onNode('worker-1', () => ({ kubeletImage: failed({ kind: 'unsupported-type', message: 'no such' }) }));
  const words = 'the version of the kubelet cannot be read: this version of Talos exposes it only to os:admin';
  assert.equal(on(well, 'kubernetes-version', 'worker-1', kubernetes, older), `fail: ${words}`);
  const lost = onNode('worker-1', () => ({ kubeletImage: failed() }));
  assert.equal(
    on(well, 'kubernetes-version', 'worker-1', kubernetes, lost),
    'pending: the version of the kubelet could not be read: deadline exceeded',
  );
  const none = onNode('worker-1', () => ({ kubeletImage: failed({ kind: 'not-found', message: 'not found' }) }));
  assert.equal(on(well, 'kubernetes-version', 'worker-1', kubernetes, none), 'pending: there is no kubelet yet');
  const latest = onNode('worker-1', () => ({ kubeletImage: ok('kubelet:latest') }));
  assert.equal(
    on(well, 'kubernetes-version', 'worker-1', kubernetes, latest),
    "pending: the kubelet's image has no version: kubelet:latest",
  );
});

test('a missed expected version leaves other checks passing', () => {
  const expected = { talosVersion: '1.13', kubernetesVersion: '1.36' };
  assert.deepEqual(
    unresolved(evaluate(well, { ...options, expected })),
    ['cp-1', 'cp-2', 'cp-3', 'worker-1', 'worker-2'].map((node) => `talos-version ${node}`),
  );
});
