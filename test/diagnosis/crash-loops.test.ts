import assert from 'node:assert/strict';
import { test } from 'node:test';
import { evaluate } from '../../src/gate/evaluate.ts';
import { isHealthy } from '../../src/gate/verdict.ts';
import { profiles } from '../../src/inputs/profiles.ts';
import { crashLooping, runningAfter } from '../builders/crash-loops.ts';
import { causesWith, line } from '../builders/diagnose.ts';
import { options } from '../builders/evaluate.ts';
import {
  all,
  etcdLeaderless,
  type Fault,
  onEveryNode,
  onNode,
  serviceIs,
  stage,
  withFaults,
} from '../builders/faults.ts';
import { controlPlanes } from '../builders/scenarios.ts';
import { etcdMember, failed, healthySnapshot, ok } from '../builders/snapshot.ts';

const etcdSilent: Fault = all(
  ...controlPlanes.map((name) =>
    onNode(name, () => ({ etcdMembers: failed(), etcdStatus: failed(), etcdAlarms: failed() })),
  ),
);

const booting = (name: string, reason: string): Fault => stage(name, 'booting', { name: 'services', reason });

/** The pending findings and warnings of a healthy cluster with this fault, and whether its verdict is healthy. */
function evaluated(fault: Fault, given = {}): { readonly healthy: boolean; readonly found: readonly string[] } {
  const findings = evaluate(withFaults(healthySnapshot(), fault), { ...options, ...given });
  const found = findings
    .filter(({ status }) => status === 'pending' || status === 'warn')
    .map(({ check, status, node }) => `${status} ${check} ${node ?? ''}`.trim());
  return { healthy: isHealthy(findings), found };
}

test('kubelets in a crash loop on booting machines are one cause with the common part of their reasons', () => {
  const found = causesWith(
    ...controlPlanes.flatMap((name, index) => [
      booting(name, 'kubelet not running'),
      serviceIs(
        name,
        'kubelet',
        crashLooping(`failed to create task "${index}fab12345678": dial tcp 10.0.0.${index}:6443: no such file`),
      ),
    ]),
  );
  assert.deepEqual(found.map(line), [
    `failed-service ${controlPlanes}: kubelet is in a crash loop: failed to create task "…": no such file`,
  ]);
  assert.deepEqual(
    found[0]?.consequences.filter(({ check }) => check === 'boot-finished').map(({ node }) => node),
    controlPlanes,
  );
});

test('an etcd in a crash loop and a failed kubelet on the same node are two causes', () => {
  const found = causesWith(
    booting('cp-1', 'kubelet not running, etcd not running'),
    serviceIs('cp-1', 'kubelet', { state: 'Failed', lastEvent: 'no image' }),
    serviceIs('cp-1', 'etcd', crashLooping('exit code 1', 'etcd')),
    onNode('cp-1', () => ({ etcdMembers: failed(), etcdStatus: failed(), etcdAlarms: failed() })),
  );
  assert.deepEqual(found.map(line), [
    'failed-service cp-1: kubelet is Failed: no image',
    'etcd-down cp-1: etcd is in a crash loop: exit code 1',
  ]);
  const behindKubelet = found[0]?.consequences.filter(({ stage: of }) => of === 'etcd');
  assert.deepEqual(behindKubelet, []);
});

test('an etcd that hangs on a machine whose kubelet blocks the boot is a cause of its own', () => {
  const found = causesWith(
    booting('cp-1', 'kubelet not running'),
    serviceIs('cp-1', 'kubelet', crashLooping('exit code 1')),
    onNode('cp-1', () => ({ etcdStatus: failed(), etcdAlarms: failed() })),
  );
  assert.deepEqual(
    found.map(({ id }) => id),
    ['failed-service', 'etcd-hung'],
  );
});

test('a cluster with etcd in a crash loop on every control plane is not reported as not bootstrapped', () => {
  const found = causesWith(
    etcdSilent,
    ...controlPlanes.flatMap((name) => [
      booting(name, 'etcd not running'),
      serviceIs(name, 'etcd', crashLooping('exit code 1', 'etcd')),
    ]),
  );
  assert.deepEqual(
    found.map(({ id }) => id),
    ['etcd-down'],
  );
});

test('a service in a crash loop is not healthy while it runs', () => {
  for (const id of ['kubelet', 'apid', 'cri', 'containerd']) {
    const { healthy, found } = evaluated(serviceIs('worker-1', id, runningAfter(17, 12, 7, 2)));
    assert.equal(healthy, false, id);
    assert.deepEqual(found, ['pending services worker-1'], id);
  }
  assert.deepEqual(evaluated(serviceIs('cp-1', 'etcd', runningAfter(12, 7, 2))).found, ['pending etcd-service cp-1']);
});

test('a service that runs longer than before has recovered from its crash loop', () => {
  const rows: readonly (readonly [ends: readonly number[], healthy: boolean])[] = [
    [[15, 10, 5], false],
    [[26, 21, 16], true],
    [[170, 110, 50], false],
    [[300, 240, 180], true],
    [[7200, 3600, 10], true],
    [[10], true],
    [[3, -2], false],
  ];
  for (const [ends, healthy] of rows) {
    assert.equal(evaluated(serviceIs('worker-1', 'kubelet', runningAfter(...ends))).healthy, healthy, ends.join());
  }
});

test('an unhealthy service that was restarted once is in a crash loop', () => {
  const [cause] = causesWith(serviceIs('worker-1', 'kubelet', { ...runningAfter(3), health: 'unhealthy' }));
  assert.equal(cause?.title, 'kubelet is in a crash loop: task "kubelet" failed: exit code 1');
});

test('an extension in a crash loop is a warning, and pending with the profile strict', () => {
  const fault = serviceIs('worker-1', 'ext-agent', crashLooping('exit code 1', 'ext-agent'));
  assert.deepEqual(evaluated(fault), { healthy: true, found: ['warn services worker-1'] });
  assert.equal(profiles.strict.checks.get('services'), 'strict');
  const policies = new Map([['services', { policy: 'strict', by: 'profile: strict' }]]);
  assert.deepEqual(evaluated(fault, { policies }), { healthy: false, found: ['pending services worker-1'] });
});

test('the cause of an unfinished boot names the service that blocks it', () => {
  const waits = (name: string): Fault =>
    all(
      booting(name, 'ext-qemu-guest-agent not running'),
      serviceIs(name, 'ext-qemu-guest-agent', {
        state: 'Waiting',
        health: 'unknown',
        lastEvent: 'Waiting for file "/dev/virtio-ports/org.qemu.guest_agent.0" to exist',
      }),
    );
  assert.deepEqual(causesWith(waits('worker-1'), waits('worker-2')).map(line), [
    'waiting-service worker-1,worker-2: ext-qemu-guest-agent waits for file "/dev/virtio-ports/org.qemu.guest_agent.0" to exist: the machine does not finish booting',
  ]);
});

test('a service that waits for another service is not named as the cause', () => {
  const [cause] = causesWith(
    booting('worker-1', 'cri not running, kubelet not running'),
    serviceIs('worker-1', 'cri', {
      state: 'Waiting',
      health: 'unknown',
      lastEvent: 'Waiting for volumes /var to be mounted',
    }),
    serviceIs('worker-1', 'kubelet', {
      state: 'Waiting',
      health: 'unknown',
      lastEvent: 'Waiting for service "cri" to be "up"',
    }),
  );
  assert.equal(cause?.title, 'cri waits for volumes /var to be mounted: the machine does not finish booting');
});

const removed: Fault = all(
  onEveryNode(() => ({ etcdMembers: ok([etcdMember(1), etcdMember(2)]) })),
  onNode('cp-3', () => ({ etcdMembers: failed(), etcdStatus: failed(), etcdAlarms: failed() })),
);
const ended = 'Runner Containerd(etcd) exited without error, going to restart it';

test('a removed member whose machine runs is one cause, in every state of its crash loop', () => {
  const states: readonly Fault[] = [
    all(
      serviceIs('cp-3', 'etcd', {
        ...crashLooping('', 'etcd'),
        lastEvent: ended,
        restarts: { reason: ended, at: [0] },
      }),
      stage('cp-3', 'running', { name: 'services', reason: 'etcd not running' }),
    ),
    serviceIs('cp-3', 'etcd', { lastEvent: '' }),
    all(
      serviceIs('cp-3', 'etcd', {
        ...crashLooping('', 'etcd'),
        lastEvent: ended,
        restarts: { reason: ended, at: [0] },
      }),
      booting('cp-3', 'etcd not running'),
    ),
  ];
  for (const state of states) {
    const found = causesWith(removed, state);
    assert.deepEqual(found.map(line), [
      'removed-member cp-3: its etcd was removed from the cluster: it is not among the members of etcd',
    ]);
    assert.ok(found[0]?.hint.commands.some((command) => command.startsWith('talosctl -n 10.0.0.3 reset ')));
  }
});

test('a control plane that waits to join is not reported as removed', () => {
  const found = causesWith(
    removed,
    booting('cp-3', 'etcd not running'),
    serviceIs('cp-3', 'etcd', { state: 'Preparing', health: 'unknown', lastEvent: 'Running pre state' }),
  );
  assert.deepEqual(
    found.map(({ id }) => id),
    ['waiting-service'],
  );
});

test('a member without a connection to its peers is one cause, before and after Talos reports it unhealthy', () => {
  const unhealthy = serviceIs('cp-2', 'etcd', { health: 'unhealthy', healthMessage: 'context deadline exceeded' });
  for (const faults of [[etcdLeaderless('cp-2')], [etcdLeaderless('cp-2'), unhealthy]]) {
    assert.deepEqual(causesWith(...faults).map(line), [
      'cut-off-member cp-2: its etcd has no leader: it is cut off from its peers (TCP ports 2379 and 2380)',
    ]);
  }
});

test('a learner has one finding, also if its service is unhealthy and its member list fails', () => {
  const learning = all(
    onEveryNode(() => ({ etcdMembers: ok([etcdMember(1), etcdMember(2), etcdMember(3, { isLearner: true })]) })),
    onNode('cp-3', ({ etcdStatus }) => ({
      etcdMembers: failed({ kind: 'unavailable', message: 'etcdserver: rpc not supported for learner' }),
      etcdAlarms: failed({ kind: 'unavailable', message: 'etcdserver: rpc not supported for learner' }),
      ...(etcdStatus.ok && { etcdStatus: ok({ ...etcdStatus.value, isLearner: true }) }),
    })),
    serviceIs('cp-3', 'etcd', { health: 'unhealthy', healthMessage: 'etcdserver: rpc not supported for learner' }),
  );
  assert.deepEqual(evaluated(learning).found, ['pending etcd-learners cp-3']);
  const found = causesWith(learning, booting('cp-3', 'etcd not healthy'));
  assert.deepEqual(found.map(line), [
    'learner cp-3: its etcd is still a learner: it has joined, and does not vote yet',
  ]);
});

test('a crash loop on a single node keeps its reason unchanged', () => {
  const [cause] = causesWith(
    onNode('worker-1', () => ({})),
    serviceIs('worker-1', 'kubelet', crashLooping('10.0.0.9:443 refuses connections')),
  );
  assert.equal(
    line(cause ?? assert.fail()),
    'kubelet-down worker-1: kubelet is in a crash loop: 10.0.0.9:443 refuses connections',
  );
});
