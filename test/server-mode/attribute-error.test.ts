import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { registry } from '../../src/checks/registry.ts';
import { attributeError, nodeFinder } from '../../src/server-mode/attribute-error.ts';
import { talosctlChecks } from '../../src/server-mode/talosctl-checks.ts';
import { clusterNode } from '../builders/snapshot.ts';

const cluster = [
  ...[1, 2, 3].map((n) => clusterNode('controlplane', n)),
  clusterNode('worker', 1),
  clusterNode('worker', 2, { addresses: ['10.0.1.2', 'fd00::12'] }),
];
const find = nodeFinder(cluster);

const unavailable = (address: string): string =>
  `rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: dial tcp ${address}:50000: connect: connection refused"`;
const deadline = 'rpc error: code = DeadlineExceeded desc = context deadline exceeded';

/** The errors of each check of Talos, with the checks and nodes that they are attributed to. */
const rows: readonly (readonly [title: string, text: string, ...blamed: readonly string[]])[] = [
  [
    'etcd to be healthy',
    '1 error occurred:\n\t* 10.0.0.2: service "etcd" not in expected state "Running": current state [Finished] Service finished',
    'etcd-service@cp-2',
  ],
  [
    'etcd to be healthy',
    '2 errors occurred:\n    * 10.0.0.1: service is not healthy: etcd\n    * 10.0.0.3: no events recorded yet for service "etcd"\n\n',
    'etcd-service@cp-1',
    'etcd-service@cp-3',
  ],
  [
    'etcd to be healthy',
    `error getting service info for service "etcd" from node "10.0.0.2": ${unavailable('10.0.0.2')}`,
    'api-reachable@cp-2',
  ],
  [
    'etcd to be healthy',
    `error getting service info for service "etcd" from node "10.0.0.2": ${deadline}`,
    'api-reachable@cp-2',
  ],
  ['etcd to be healthy', 'expected a response with 3 node(s), got 2', 'etcd-service'],
  [
    'etcd members to be consistent across nodes',
    '10.0.0.3: expected to have [cp-1 cp-2 cp-3] members, got [cp-1 cp-3]',
    'etcd-members-consistent@cp-3',
  ],
  [
    'etcd members to be consistent across nodes',
    '10.0.0.3: found unexpected etcd member cp-9',
    'etcd-members-consistent@cp-3',
  ],
  [
    'etcd members to be consistent across nodes',
    `error getting etcd member list from node "10.0.0.2": ${deadline}`,
    'etcd-members-consistent@cp-2',
  ],
  [
    'etcd members to be consistent across nodes',
    'node "10.0.0.2": no messages returned',
    'etcd-members-consistent@cp-2',
  ],
  [
    'etcd members to be consistent across nodes',
    'error getting etcd member list from node "10.0.0.2": rpc error: code = Unavailable desc = etcdserver: no leader',
    'etcd-members-consistent@cp-2',
  ],
  [
    'etcd members to be control plane nodes',
    'etcd member ips ["10.0.0.1" "10.0.0.9"] are not subset of control plane node ips ["10.0.0.1" "10.0.0.2"]',
    'etcd-members-are-control-planes',
  ],
  [
    'apid to be ready',
    `error getting version from node "10.0.1.1": ${unavailable('10.0.1.1')}`,
    'api-reachable@worker-1',
  ],
  [
    'apid to be ready',
    `error getting version from node "10.0.1.1": ${unavailable('10.0.1.1')}\nerror getting version from node "10.0.1.2": ${deadline}`,
    'api-reachable@worker-1',
    'api-reachable@worker-2',
  ],
  ['apid to be ready', `1 error occurred:\n\t* 10.0.1.2: ${unavailable('10.0.1.2')}`, 'api-reachable@worker-2'],
  [
    'all nodes memory sizes',
    '1 error occurred:\n\t* node "10.0.0.2" does not meet memory requirements: expected at least 1698 MiB, actual 512 MiB',
    'memory@cp-2',
  ],
  ['all nodes memory sizes', 'unexpected node "10.0.9.9" in response', 'memory'],
  [
    'all nodes disk sizes',
    '1 error occurred:\n\t* ephemeral partition "/dev/sda4" for node "10.0.1.2" is too small, expected at least 3.8 GiB, actual 2.0 GiB',
    'disk@worker-2',
  ],
  [
    'all nodes disk sizes',
    '1 error occurred:\n\t* error getting volume status for node "10.0.1.2": rpc error: code = NotFound desc = resource not found',
    'disk@worker-2',
  ],
  [
    'no diagnostics',
    'active diagnostics: 10.0.1.1: one, two; 10.0.1.2: three; and: four',
    'diagnostics@worker-1',
    'diagnostics@worker-2',
  ],
  ['kubelet to be healthy', '1 error occurred:\n\t* 10.0.0.2: service is not healthy: kubelet', 'services@cp-2'],
  [
    'all nodes to finish boot sequence',
    'nodes are not running: booting: [10.0.1.1 10.0.1.2], rebooting: [10.0.0.2]',
    'boot-finished@worker-1',
    'boot-finished@worker-2',
    'boot-finished@cp-2',
  ],
  [
    'all nodes to finish boot sequence',
    'error watching machine 10.0.1.1 status: rpc error: code = Internal desc = no',
    'boot-finished@worker-1',
  ],
  ['all k8s nodes to report', 'can\'t find expected node with IPs ["10.0.1.2" "fd00::12"]', 'node-registered@worker-2'],
  ['all k8s nodes to report', 'unexpected nodes with IPs ["10.0.254.1" "10.0.254.2"]', 'no-unexpected-nodes'],
  [
    'all k8s nodes to report',
    'Get "https://10.0.0.1:6443/api/v1/nodes": dial tcp 10.0.0.1:6443: connect: connection refused',
    'kubernetes-api',
  ],
  [
    'all k8s nodes to report',
    'Get "https://[fd00::99]:6443/api/v1/nodes": context deadline exceeded',
    'kubernetes-api',
  ],
  ['all k8s nodes to report', 'etcdserver: request timed out', 'kubernetes-api'],
  ['all k8s nodes to report', 'rpc error: code = FailedPrecondition desc = no', 'node-registered'],
  [
    'all control plane static pods to be running',
    'missing static pods on node 10.0.0.2: [kube-system/kube-apiserver]',
    'api-server-ready@cp-2',
  ],
  [
    'all control plane static pods to be running',
    'missing static pods on node 10.0.0.2: [kube-system/kube-controller-manager kube-system/kube-scheduler]',
    'control-plane-components@cp-2',
  ],
  [
    'all control plane static pods to be running',
    'missing static pods on node 10.0.0.2: [kube-system/kube-apiserver kube-system/kube-scheduler]',
    'api-server-ready@cp-2',
    'control-plane-components@cp-2',
  ],
  [
    'all control plane static pods to be running',
    `error listing static pods config for node 10.0.0.2: ${unavailable('10.0.0.2')}`,
    'api-reachable@cp-2',
  ],
  [
    'all control plane static pods to be running',
    'error listing static pods on node 10.0.0.2: rpc error: code = Internal desc = no',
    'static-pods@cp-2',
  ],
  [
    'all control plane components to be ready',
    'some pods are not ready for kube-apiserver: [kube-apiserver-cp-2 kube-apiserver-cp-3]',
    'api-server-ready@cp-2',
    'api-server-ready@cp-3',
  ],
  [
    'all control plane components to be ready',
    'some pods are not ready for kube-scheduler: [kube-scheduler-cp-3]',
    'control-plane-components@cp-3',
  ],
  [
    'all control plane components to be ready',
    'expected number of pods for kube-controller-manager to be 3, got 2',
    'control-plane-pods',
  ],
  [
    'all control plane components to be ready',
    'can\'t find expected node with IPs ["10.0.0.2"]',
    'node-registered@cp-2',
  ],
  [
    'all control plane components to be ready',
    'error listing pods for app kube-apiserver: Get "https://10.0.0.1:6443/api/v1": EOF',
    'kubernetes-api',
  ],
  [
    'all k8s nodes to report ready',
    'some nodes are not ready: [worker-1 worker-2]',
    'node-ready@worker-1',
    'node-ready@worker-2',
  ],
  ['all k8s nodes to report ready', 'some nodes are not ready: [somebody]', 'node-ready'],
  ['kube-proxy to report ready', 'some pods are not ready: [kube-proxy-7x9zq]', 'kube-proxy'],
  ['kube-proxy to report ready', 'expected 5 ready pods, got 4', 'kube-proxy'],
  [
    'coredns to report ready',
    'no ready pods found for namespace "kube-system" and label selector "k8s-app=kube-dns"',
    'coredns',
  ],
  [
    'coredns to report ready',
    'no pods found for namespace "kube-system" and label selector "k8s-app=kube-dns"',
    'coredns',
  ],
  ['all k8s nodes to report schedulable', 'some nodes are not schedulable: [worker-2]', 'node-schedulable@worker-2'],
  ['the moon to be full', 'it is new', 'server-check'],
  ['all k8s nodes to report ready', 'node worker-1: its kubelet is too old', 'node-ready@worker-1'],
  ['all k8s nodes to report ready', 'the lease of worker-1 has expired', 'node-ready@worker-1'],
  ['all k8s nodes to report', `error asking node "10.0.0.2": ${unavailable('10.0.0.2')}`, 'api-reachable@cp-2'],
  [
    'all k8s nodes to report ready',
    'Get "https://cp-1:6443/api/v1/nodes": lookup cp-1: no such host',
    'kubernetes-api',
  ],
];

const named = (title: string, text: string): readonly string[] =>
  attributeError(title, text, find).map(({ check, node }) => (node === undefined ? check : `${check}@${node.name}`));

describe('errors are attributed to the check and the node that they name', () => {
  for (const [title, text, ...blamed] of rows) {
    test(`${title}: ${text.replace(/\s+/g, ' ').slice(0, 100)}`, () => {
      assert.deepEqual(named(title, text), blamed);
    });
  }
});

test('the errors cover every check of talosctl', () => {
  const shown = new Set(rows.map(([title]) => title));
  assert.deepEqual(
    talosctlChecks.map(({ title }) => title).filter((title) => !shown.has(title)),
    [],
  );
});

test('errors are attributed to registered checks only', () => {
  const ids = new Set(registry.map(({ id }) => id));
  const judged = talosctlChecks.flatMap(({ checks }) => checks.map(({ check }) => check));
  assert.deepEqual(
    [...new Set(judged)].filter((check) => !ids.has(check)),
    [],
  );
});

test('the text of a node is its part of the error, without its name', () => {
  const text = '2 errors occurred:\n\t* 10.0.0.1: service is not healthy: etcd\n\t* 10.0.0.3: no events\n\n';
  assert.deepEqual(
    attributeError('etcd to be healthy', text, find).map((one) => one.text),
    ['service is not healthy: etcd', 'no events'],
  );
  assert.deepEqual(
    attributeError('no diagnostics', 'active diagnostics: 10.0.1.1: a; b; 10.0.1.2: c', find).map((one) => one.text),
    ['a; b', 'c'],
  );
});
