import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { machineStatus } from '../../../sim/model/machine-status.ts';
import { type ClusterState, findNode } from '../../../sim/model/state.ts';
import { healthyCluster, withFault } from './cluster.ts';

function status(state: ClusterState, name: string, trouble: readonly string[] = []): readonly unknown[] {
  const { stage, ready, unmetConditions } = machineStatus(state, findNode(state, name), new Set(trouble));
  return [stage, ready, ...unmetConditions.map((condition) => `${condition.name}: ${condition.reason}`)];
}

describe('what Talos says of a machine', () => {
  const healthy = healthyCluster();
  const cases: readonly [string, ClusterState, string, readonly unknown[]][] = [
    ['all is well', healthy, 'cp-1', ['running', true]],
    [
      'before the bootstrap',
      withFault(withFault(healthy, 'not-bootstrapped'), 'service-waiting', 'cp-1'),
      'cp-1',
      [
        'booting',
        false,
        'services: kubelet not running, etcd not running',
        'nodeReady: node "cp-1" status is not available yet',
      ],
    ],
    [
      'before the bootstrap without Kubernetes',
      withFault(healthyCluster({ kubernetes: false }), 'not-bootstrapped'),
      'cp-1',
      ['booting', true],
    ],
    [
      'the kubelet failed',
      withFault(healthy, 'kubelet-failed', 'worker-1'),
      'worker-1',
      ['running', false, 'services: kubelet not running', 'nodeReady: node "worker-1" is not ready'],
    ],
    [
      'Talos does not see the node that Kubernetes has',
      withFault(healthy, 'node-unseen-by-talos', 'worker-1'),
      'worker-1',
      ['running', false, 'nodeReady: node "worker-1" status is not available yet'],
    ],
    [
      'a service is not healthy',
      withFault(healthy, 'service-unhealthy', 'cp-1', { service: 'ext-qemu' }),
      'cp-1',
      ['running', false, 'services: ext-qemu not healthy'],
    ],
    [
      'a crash-looping pod',
      withFault(healthy, 'scheduler-crash-loop', 'cp-1'),
      'cp-1',
      ['running', false, 'staticPods: kube-system/kube-scheduler-cp-1 not ready'],
    ],
    [
      'a pending pod',
      withFault(healthy, 'static-pod-pending', 'cp-1'),
      'cp-1',
      ['running', false, 'staticPods: kube-system/kube-vip-cp-1 pending'],
    ],
    [
      'no CNI',
      withFault(healthy, 'cni-missing'),
      'worker-2',
      ['running', false, 'nodeReady: node "worker-2" is not ready'],
    ],
    [
      'the network',
      withFault(healthy, 'network-unmet', 'cp-1'),
      'cp-1',
      ['running', false, 'network: waiting on: connectivity'],
    ],
    [
      'a condition of a newer kind',
      withFault(healthy, 'condition-unmet', 'cp-1'),
      'cp-1',
      ['running', false, 'attestation: machine is not attested'],
    ],
    ['no reason at all', withFault(healthy, 'not-ready-without-reason', 'cp-1'), 'cp-1', ['running', false]],
    [
      'ready in any other stage',
      withFault(withFault(healthy, 'upgrading', 'cp-1'), 'kubelet-failed', 'cp-1'),
      'cp-1',
      ['upgrading', true],
    ],
    ['ready in maintenance', withFault(healthy, 'node-maintenance', 'cp-1'), 'cp-1', ['maintenance', true]],
  ];
  for (const [name, state, node, expected] of cases) it(name, () => assert.deepEqual(status(state, node), expected));

  it('a hung etcd, once Talos noticed', () => {
    const state = withFault(healthy, 'etcd-hung', 'cp-2');
    const withoutEtcd = 'staticPods: kube-system/kube-apiserver-cp-2 not ready';
    assert.deepEqual(status(state, 'cp-2'), ['running', false, withoutEtcd]);
    assert.deepEqual(status(state, 'cp-2', ['cp-2']), ['running', false, 'services: etcd not healthy', withoutEtcd]);
  });
});
