import assert from 'node:assert/strict';
import { test } from 'node:test';
import { causesOf, causesWith, line } from '../builders/diagnose.ts';
import {
  all,
  etcdHung,
  type Fault,
  onEveryNode,
  onNode,
  serviceIs,
  stage,
  unreachable,
  withFaults,
} from '../builders/faults.ts';
import { apiServersStarting, lostQuorum, notReady, withoutCni } from '../builders/scenarios.ts';
import { failed, healthySnapshot, ok } from '../builders/snapshot.ts';

const kubeletFailed = (name: string): Fault => serviceIs(name, 'kubelet', { state: 'Failed', lastEvent: 'no image' });

const kubeletWaits = (name: string, what: string): Fault =>
  serviceIs(name, 'kubelet', { state: 'Waiting', health: 'unknown', lastEvent: `Waiting for ${what}` });

const volumeFailed: Fault = all(
  onNode('worker-1', () => ({ ephemeral: ok({ phase: 'failed', errorMessage: 'no space', size: 0 }) })),
  stage('worker-1', 'booting', { name: 'services', reason: 'kubelet not running' }),
  kubeletWaits('worker-1', 'volumes /var to be mounted'),
);

const cni = 'no node is Ready: the network plugin (CNI) is missing or does not work';
const notReadyAlone = 'not Ready in Kubernetes: its kubelet, its container runtime or its network (CNI)';

const cut = failed({ kind: 'cancelled', message: 'the wait ended before its answer could come' });

const rules: readonly (readonly [name: string, faults: readonly Fault[], causes: readonly string[]])[] = [
  [
    'control planes and workers that are down are two causes',
    [unreachable('cp-2'), unreachable('worker-1'), unreachable('worker-2')],
    [
      'dead-control-plane cp-2: the control plane node is down or cut off (connection refused)',
      'dead-worker worker-1,worker-2: the worker nodes are down or cut off (connection refused)',
    ],
  ],
  [
    'one worker down, another without a route',
    [unreachable('worker-1'), unreachable('worker-2', { kind: 'no-route', message: 'no route to host' })],
    [
      'dead-worker worker-1: the worker node is down or cut off (connection refused)',
      'dead-worker worker-2: the worker node is down or cut off (no route to host)',
    ],
  ],
  [
    'a frozen node, one in maintenance mode and one with a wrong clock are three causes',
    [
      unreachable('worker-1', { kind: 'timeout' }),
      unreachable('worker-2', { kind: 'wrong-ca', message: 'x509: certificate signed by unknown authority' }),
      unreachable('cp-3', { kind: 'wrong-ca', message: 'x509: certificate has expired or is not yet valid' }),
    ],
    [
      'node-clock cp-3: its clock is wrong, or the certificate was not renewed',
      'frozen-node worker-1: does not answer in time: frozen, hung, or its packets are dropped',
      'maintenance worker-2: in maintenance mode, or a node of another cluster: another CA signed its certificate',
    ],
  ],
  [
    'the etcd of a control plane comes before the kubelet of a worker',
    [kubeletFailed('worker-1'), etcdHung('cp-2')],
    [
      'etcd-hung cp-2: etcd hangs: its service runs, but it does not answer',
      'kubelet-down worker-1: kubelet is Failed: no image',
    ],
  ],
  ['no CNI', [withoutCni], [`cni-missing cp-1,cp-2,cp-3,worker-1,worker-2: ${cni}`]],
  [
    'no CNI, and a worker that is down',
    [withoutCni, unreachable('worker-2')],
    [
      `cni-missing cp-1,cp-2,cp-3,worker-1: ${cni}`,
      'dead-worker worker-2: the worker node is down or cut off (connection refused)',
    ],
  ],
  [
    'no CNI, and a kubelet that failed',
    [withoutCni, kubeletFailed('worker-1')],
    [`cni-missing cp-1,cp-2,cp-3,worker-2: ${cni}`, 'kubelet-down worker-1: kubelet is Failed: no image'],
  ],
  [
    'nearly all nodes are not Ready',
    [
      withoutCni,
      onNode('cp-1', () => ({ nodeStatuses: ok([{ nodename: 'cp-1', ready: true, unschedulable: false }]) })),
      stage('cp-1', 'running'),
    ],
    [
      'cni-missing cp-2,cp-3,worker-1,worker-2: 4 of 5 nodes are not Ready: probably the network plugin (CNI) does not work',
    ],
  ],
  [
    'two of five nodes that are not Ready are not a missing CNI',
    [notReady('worker-1'), notReady('worker-2')],
    [`node-ready worker-1,worker-2: ${notReadyAlone}`],
  ],
  [
    'no API server explains nodes that never registered',
    [apiServersStarting],
    ['api-servers-down cp-1,cp-2,cp-3: no API server works: kube-apiserver refuses connections on port 6443'],
  ],
  [
    'a failed volume explains the unfinished boot and the waiting kubelet',
    [volumeFailed],
    ['volume worker-1: the EPHEMERAL volume is failed: no space'],
  ],
  [
    'a network that is down explains the services that wait for it',
    [
      stage('worker-1', 'running', { name: 'network', reason: 'waiting on: connectivity' }),
      kubeletWaits('worker-1', 'network'),
    ],
    ['network-down worker-1: the network is not up: network: waiting on: connectivity'],
  ],
  [
    'a clock that is not synchronised while the machine boots',
    [
      stage('cp-2', 'booting', { name: 'time', reason: 'time is not synced' }),
      kubeletWaits('cp-2', 'time sync'),
      serviceIs('cp-2', 'etcd', { state: 'Waiting', health: 'unknown', lastEvent: 'Waiting for time sync' }),
    ],
    ['clock-not-synchronised cp-2: the clock is not synchronised: time: time is not synced'],
  ],
  [
    'a failed kubelet explains the unfinished boot',
    [stage('worker-1', 'booting', { name: 'services', reason: 'kubelet not running' }), kubeletFailed('worker-1')],
    ['failed-service worker-1: kubelet is Failed: no image'],
  ],
  [
    'a failed kubelet while the network is down is a cause of its own',
    [stage('worker-1', 'running', { name: 'network', reason: 'waiting on: connectivity' }), kubeletFailed('worker-1')],
    [
      'kubelet-down worker-1: kubelet is Failed: no image',
      'network-down worker-1: the network is not up: network: waiting on: connectivity',
    ],
  ],
  [
    'a node that answers only some calls',
    [onNode('worker-1', () => ({ memory: failed(), diagnostics: failed(), ephemeral: failed() }))],
    ['half-silent-node worker-1: the Talos API answers only some calls in time'],
  ],
  [
    'what the end of the wait cut short is one cause, after what is known to be wrong',
    [
      ...['cp-1', 'cp-2', 'worker-1'].map((name) =>
        onNode(name, () => ({ memory: cut, identity: cut, ephemeral: cut })),
      ),
      onNode('worker-2', () => ({ memory: ok(1) })),
    ],
    [
      'memory worker-2: 0 MiB of memory, a worker needs at least 874 MiB',
      'wait-ended cp-1,cp-2,worker-1: the wait ended before all answers came',
    ],
  ],
];

for (const [name, faults, causes] of rules) {
  test(name, () => {
    assert.deepEqual(causesWith(...faults).map(line), causes);
  });
}

test('a single-node cluster that is not Ready is not reported as a missing CNI', () => {
  const snapshot = withFaults(healthySnapshot({ controlPlanes: 1, workers: 0 }), notReady('cp-1'));
  assert.deepEqual(causesOf(snapshot).map(line), [`node-ready cp-1: ${notReadyAlone}`]);
});

test('causes that affect the cluster come first, then those of earlier stages', () => {
  const lowMemory = onNode('worker-2', () => ({ memory: ok(1) }));
  assert.deepEqual(
    causesWith(lowMemory, lostQuorum, kubeletFailed('worker-1')).map(({ id }) => id),
    ['dead-control-plane', 'kubelet-down', 'memory'],
  );
});

test('a facet that could not be read does not claim that the check fails', () => {
  const textOf = (fault: Fault): readonly string[] =>
    causesWith(fault).map(({ title, explanation }) => `${title}. ${explanation}`);
  const malformed = failed({ kind: 'malformed', message: 'premature EOF' });
  assert.deepEqual(textOf(onNode('worker-1', () => ({ memory: malformed }))), [
    'the memory size could not be read: premature EOF. It is not known whether the machine has enough memory.',
  ]);
  assert.deepEqual(textOf(onNode('worker-1', () => ({ nodeStatuses: malformed }))), [
    'the Kubernetes node could not be read: premature EOF. It is not known whether the machine is a Kubernetes node.',
  ]);
});

test('a worker in control-plane-nodes is one cause', () => {
  const worker = healthySnapshot().nodes.find(({ node }) => node.name === 'worker-1');
  assert(worker?.services.ok);
  const listed = { services: worker.services, staticPods: ok([]), staticPodStatuses: ok([]) };
  const given = onNode('cp-3', ({ node }) => ({ ...listed, node: { ...node, source: 'given' } }));
  const etcd = onNode('cp-3', () => ({ etcdMembers: failed(), etcdStatus: failed(), etcdAlarms: failed() }));
  assert.deepEqual(causesWith(given, etcd).map(line), [
    'worker-as-control-plane cp-3: given as a control plane, but it has neither etcd nor trustd, as a worker',
  ]);
  assert.deepEqual(causesWith(given, etcd)[0]?.hint.commands, ['talosctl -n 10.0.0.3 get machinetype']);
});

test('a healthy cluster has no causes', () => {
  assert.deepEqual(causesWith(), []);
});

test('a thousand nodes that are down are two causes, one per role', () => {
  const snapshot = withFaults(
    healthySnapshot({ controlPlanes: 3, workers: 997 }),
    onEveryNode(() => ({ version: failed({ kind: 'refused' }) })),
  );
  assert.deepEqual(
    causesOf(snapshot).map(({ id, nodes }) => `${id} ${nodes.length}`),
    ['dead-worker 997', 'dead-control-plane 3'],
  );
});
