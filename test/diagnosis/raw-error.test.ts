import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inWords } from '../../src/diagnosis/raw-error.ts';
import { assertInWords, rawErrors } from '../builders/raw-errors.ts';

const rows: readonly (readonly [text: string, words: string])[] = [
  [
    'the only endpoint gives no answer: 10.0.0.1:50000: the Talos API refuses connections (connect ECONNREFUSED 10.0.0.1:50000)',
    'the only endpoint gives no answer: 10.0.0.1:50000: the Talos API refuses connections',
  ],
  [
    'kubelet is Failed: failed to pull image "kubelet:v9": rpc error: code = NotFound desc = kubelet:v9: not found',
    'kubelet is Failed: failed to pull image "kubelet:v9": not found',
  ],
  [
    'https://10.0.0.1:6443 gives no answer: read ECONNRESET',
    'https://10.0.0.1:6443 gives no answer: the connection was dropped',
  ],
  ['nothing could be watched (14 UNAVAILABLE: x (y)), so it was polled', 'nothing could be watched, so it was polled'],
  ['it has no leader: etcdserver: no leader; etcd has lost its quorum', 'it has no leader; etcd has lost its quorum'],
  [
    'kube-scheduler is not ready: CrashLoopBackOff: back-off 5m0s restarting failed container=kube-scheduler pod=x',
    'kube-scheduler is not ready: CrashLoopBackOff',
  ],
  [
    'kube-apiserver is not ready: ContainersNotReady: containers with unready status: [kube-apiserver]',
    'kube-apiserver is not ready: ContainersNotReady',
  ],
  [
    'kubelet is Failed: Failed to run pre stage: 1 error(s) occurred: failed to pull image "kubelet:v9": failed to resolve reference "kubelet:v9": kubelet:v9: not found',
    'kubelet is Failed: Failed to run pre stage: failed to pull image "kubelet:v9": not found',
  ],
  [
    'the user may not read nodes: it answers 403: nodes is forbidden: User "admin" cannot list resource "nodes"',
    'the user may not read nodes: it answers 403: not authorized',
  ],
  ['connect ECONNREFUSED 10.0.0.1:1', 'connection refused'],
  ['rpc error: code = Unknown desc = odd', ''],
];

for (const [text, words] of rows) {
  test(`"${text}" in words`, () => assert.equal(inWords(text), words));
}

const plain = [
  'kube-apiserver is not ready: CreateContainerConfigError: secret "x" not found',
  "the client certificate's user may not read nodes, pods: forbidden",
  'the list of services could not be read: no answer before the deadline',
  'member at 10.0.0.9 (cp-9) of another cluster',
  'kubelet is in a crash loop: exit code 1',
];

for (const text of plain) {
  test(`"${text}" stays as it is`, () => assert.equal(inWords(text), text));
}

test('what follows a raw error after words is left out', () => {
  for (const error of rawErrors) {
    assertInWords(inWords(`etcd does not answer: ${error}`), error);
  }
});
