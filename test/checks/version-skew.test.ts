import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Snapshot } from '../../src/observe/snapshot.ts';
import { findingLine } from '../builders/evaluate.ts';
import { all, type Fault, onEveryNode, onNode, unreachable, withFaults } from '../builders/faults.ts';
import { kubernetesNodeIs, withKubernetes } from '../builders/kubernetes.ts';
import { failed, healthySnapshot, ok, staticPod } from '../builders/snapshot.ts';

const reader = healthySnapshot();
const admin = withKubernetes(reader);
const lineOf = (snapshot: Snapshot, ...faults: readonly Fault[]): string =>
  findingLine(withFaults(snapshot, ...faults), 'version-skew');

const version = (tag: string) => ({ version: ok({ tag, platform: 'metal', mode: 'metal' }) });
const talos = (node: string, tag: string): Fault => onNode(node, () => version(tag));
const kubelet = (node: string, kubeletVersion: string): Fault => kubernetesNodeIs(node, { kubeletVersion });
const apiServer = (node: string, tag: string): Fault =>
  onNode(node, () => ({
    staticPods: ok([staticPod('kube-apiserver', { image: `registry.k8s.io/kube-apiserver:${tag}` })]),
  }));
const everyApiServer = (tag: string): Fault => all(...['cp-1', 'cp-2', 'cp-3'].map((node) => apiServer(node, tag)));
/** Before 1.14, Talos does not tell the version of a kubelet to a reader. */
const olderTalos: Fault = onEveryNode(() => ({
  kubeletImage: failed({ kind: 'unsupported-type', message: 'not supported' }),
}));
const everyKubelet = (tag: string): Fault =>
  all(...['cp-1', 'cp-2', 'cp-3', 'worker-1', 'worker-2'].map((node) => kubelet(node, tag)));

for (const [name, snapshot, faults, expected] of [
  ['one version of everything', admin, [], /^pass: Talos v1.14.0, kube-apiserver v1.36.1$/],
  ['the kubelets as Talos tells them', reader, [], /^pass: Talos v1.14.0, kube-apiserver v1.36.1$/],
  [
    'kubelets that Talos does not tell',
    reader,
    [olderTalos],
    /^pass: Talos v1.14.0, kube-apiserver v1.36.1; the kubelets are not known: Talos before 1.14, and no access to/,
  ],
  [
    'a kubelet whose version could not be read',
    reader,
    [onNode('worker-1', () => ({ kubeletImage: failed() }))],
    /^pending: the versions of the kubelets of worker-1 could not be read$/,
  ],
  [
    'a kubelet that Talos says is newer than an API server',
    reader,
    [onNode('worker-1', () => ({ kubeletImage: ok('ghcr.io/siderolabs/kubelet:v1.37.0') }))],
    /^pending: kubelets are newer than an API server \(v1.36.1 on cp-1\): v1.37.0 on worker-1$/,
  ],
  [
    'another patch of Talos',
    reader,
    [talos('worker-1', 'v1.14.1')],
    /^warn: Talos is not one version in the cluster: v1.14.1 on worker-1; v1.14.0 on cp-1, cp-2, cp-3 and 1 more$/,
  ],
  [
    'Talos two minor releases apart',
    reader,
    [talos('cp-1', 'v1.12.3')],
    /^warn: Talos is more than one minor release apart in the cluster: v1.12.3 on cp-1; /,
  ],
  ['a newer patch of a kubelet', admin, [kubelet('worker-1', 'v1.36.9')], /^pass: /],
  [
    'a kubelet that is newer than one API server',
    admin,
    [apiServer('cp-2', 'v1.35.2')],
    /^pending: kubelets are newer than an API server \(v1.35.2 on cp-2\): v1.36.0 on cp-1, cp-2, cp-3 and 2 more$/,
  ],
  ['a kubelet three minor releases behind', admin, [kubelet('worker-1', 'v1.33.0')], /^pass: /],
  [
    'a kubelet four minor releases behind',
    admin,
    [kubelet('worker-1', 'v1.32.0')],
    /^warn: kubelets are further behind an API server \(v1.36.1 on cp-3\) than Kubernetes supports: v1.32.0 on worker-1$/,
  ],
  [
    'API servers two minor releases apart',
    reader,
    [olderTalos, apiServer('cp-3', 'v1.34.0')],
    /^warn: the API servers are more than one minor release apart: v1.34.0 on cp-3; v1.36.1 on cp-1, cp-2$/,
  ],
  [
    'Kubernetes that Talos does not run yet',
    admin,
    [everyApiServer('v1.38.0'), everyKubelet('v1.38.0')],
    /^warn: Kubernetes v1.38.0 with Talos v1.14.0, which runs 1.32 to 1.37, on cp-1, cp-2, cp-3 and 2 more$/,
  ],
  ['the newest Kubernetes that Talos runs', reader, [everyApiServer('v1.37.2')], /^pass: /],
  [
    'Kubernetes that Talos runs no more',
    reader,
    [olderTalos, everyApiServer('v1.31.9')],
    /^warn: Kubernetes v1.31.9 with Talos v1.14.0, which runs 1.32 to 1.37, on cp-1, cp-2, cp-3$/,
  ],
  [
    'Talos newer than the table',
    reader,
    [olderTalos, onEveryNode(() => version('v1.99.0')), everyApiServer('v1.90.0')],
    /^pass: /,
  ],
  ['a version that is none', reader, [talos('worker-1', 'dirty')], /^pass: /],
  ['a kubelet that tells no version', admin, [kubelet('worker-1', '')], /^pass: /],
  [
    'no node that answers',
    reader,
    ['cp-1', 'cp-2', 'cp-3', 'worker-1', 'worker-2'].map((node) => unreachable(node)),
    /^skip: no node tells its version$/,
  ],
] as const satisfies readonly (readonly [string, Snapshot, readonly Fault[], RegExp])[]) {
  test(`version-skew: ${name}`, () => assert.match(lineOf(snapshot, ...faults), expected));
}
