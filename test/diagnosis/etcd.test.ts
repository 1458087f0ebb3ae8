import assert from 'node:assert/strict';
import { test } from 'node:test';
import { causesOf, causesWith, line } from '../builders/diagnose.ts';
import {
  all,
  etcdHung,
  etcdLeaderless,
  etcdStopped,
  type Fault,
  onEveryNode,
  onNode,
  serviceIs,
  stage,
  unreachable,
  withFaults,
} from '../builders/faults.ts';
import { controlPlanes, lastControlPlane, lostQuorum, notBootstrapped } from '../builders/scenarios.ts';
import { etcdMember, failed, healthySnapshot, ok } from '../builders/snapshot.ts';

const partitioned: Fault = all(...controlPlanes.map((name) => etcdLeaderless(name)));

const alarm: Fault = onEveryNode(() => ({ etcdAlarms: ok([{ memberId: 'e2', alarm: 'NOSPACE' }]) }));

const strayMember: Fault = onEveryNode(({ etcdMembers }) =>
  etcdMembers.ok
    ? { etcdMembers: ok([...etcdMembers.value, etcdMember(9, { hostname: 'gone', peerHosts: ['10.0.0.99'] })]) }
    : {},
);

const rules: readonly (readonly [name: string, faults: readonly Fault[], causes: readonly string[]])[] = [
  [
    'two control planes powered off: one cause with a lost quorum',
    [lostQuorum],
    [
      'dead-control-plane cp-2,cp-3: the control plane nodes are down or cut off (connection refused); etcd has lost its quorum',
    ],
  ],
  [
    'one control plane powered off, and etcd stopped on another: two causes of one lost quorum',
    [unreachable('cp-2'), etcdStopped('cp-3'), lastControlPlane],
    [
      'dead-control-plane cp-2: the control plane node is down or cut off (connection refused); etcd has lost its quorum',
      'etcd-down cp-3: etcd is Finished: Service finished successfully; etcd has lost its quorum',
    ],
  ],
  [
    'one control plane frozen, another rebooting',
    [unreachable('cp-2', { kind: 'timeout' }), stage('cp-3', 'rebooting'), etcdHung('cp-3'), lastControlPlane],
    [
      'frozen-node cp-2: does not answer in time: frozen, hung, or its packets are dropped; etcd has lost its quorum',
      'boot-finished cp-3: the machine is rebooting; etcd has lost its quorum',
    ],
  ],
  [
    'etcd stopped on two control planes',
    [etcdStopped('cp-2'), etcdStopped('cp-3'), lastControlPlane],
    ['etcd-down cp-2,cp-3: etcd is Finished: Service finished successfully; etcd has lost its quorum'],
  ],
  [
    'etcd hung on two control planes, one of which Talos reports unhealthy',
    [etcdHung('cp-2'), serviceIs('cp-2', 'etcd', { health: 'unhealthy' }), etcdHung('cp-3'), lastControlPlane],
    ['etcd-hung cp-2,cp-3: etcd hangs: its service runs, but it does not answer; etcd has lost its quorum'],
  ],
  [
    'members that cannot reach each other',
    [partitioned],
    ['lost-quorum cp-1,cp-2,cp-3: etcd has lost its quorum: its members run, but have no common leader'],
  ],
  [
    'one control plane powered off, and the others, which have enough votes, do not agree',
    [partitioned, unreachable('cp-2')],
    [
      'dead-control-plane cp-2: the control plane node is down or cut off (connection refused)',
      'lost-quorum cluster: etcd has lost its quorum: those that run have no common leader either: they do not reach each other, or there are more members than control planes',
    ],
  ],
  [
    'a stray member that does not cost the quorum',
    [strayMember],
    ['stray-member cluster: etcd has a ghost member gone (id e9, 10.0.0.99), which no control plane runs'],
  ],
  [
    'an alarm blames the node that raised it',
    [alarm],
    ['etcd-alarm cp-2: etcd alarm NOSPACE: its database is full, and etcd takes no more writes'],
  ],
  [
    'a cluster that is not bootstrapped',
    [notBootstrapped],
    [
      'not-bootstrapped cp-1,cp-2,cp-3: the cluster is not bootstrapped: etcd is Preparing on every control plane, and has no member',
    ],
  ],
  [
    'probably not bootstrapped: a control plane that may have been is down; the kubelet of a worker failed',
    [
      notBootstrapped,
      unreachable('cp-3'),
      serviceIs('worker-1', 'kubelet', { state: 'Failed', lastEvent: 'no image' }),
    ],
    [
      'dead-control-plane cp-3: the control plane node is down or cut off (connection refused)',
      'not-bootstrapped cp-1,cp-2: the cluster is probably not bootstrapped: etcd is Preparing on every control plane that answers',
      'kubelet-down worker-1: kubelet is Failed: no image',
    ],
  ],
  [
    'a cluster that is not bootstrapped, and a failed kubelet, which is a cause of its own',
    [notBootstrapped, serviceIs('cp-2', 'kubelet', { state: 'Failed', lastEvent: 'no image' })],
    [
      'not-bootstrapped cp-1,cp-3: the cluster is not bootstrapped: etcd is Preparing on every control plane, and has no member',
      'failed-service cp-2: kubelet is Failed: no image',
    ],
  ],
];

for (const [name, faults, causes] of rules) {
  test(name, () => {
    assert.deepEqual(causesWith(...faults).map(line), causes);
  });
}

test('a bootstrap is suggested only if every control plane answers, since a silent one may have the data', () => {
  const commands = (...faults: readonly Fault[]): readonly string[] =>
    causesWith(notBootstrapped, ...faults).flatMap(({ hint }) => hint.commands);
  assert.deepEqual(commands(), ['talosctl -n 10.0.0.1 bootstrap', 'talosctl -n 10.0.0.1 service etcd']);
  assert.deepEqual(commands(unreachable('cp-3')), [
    'talosctl -n 10.0.0.3 -e 10.0.0.3 version',
    'talosctl -n 10.0.0.1 service etcd',
  ]);
});

test('a stopped etcd comes before the lost quorum that it does not explain', () => {
  const found = causesWith(etcdStopped('cp-3'), lastControlPlane, etcdLeaderless('cp-2'));
  assert.deepEqual(
    found.map(({ id, nodes }) => `${id} ${nodes.join()}`),
    ['etcd-down cp-3', 'lost-quorum '],
  );
});

test('a lost quorum blames the members that do not answer, not a learner, which has no vote', () => {
  const learns = onEveryNode(({ etcdMembers }) =>
    etcdMembers.ok ? { etcdMembers: ok([etcdMember(1, { isLearner: true }), etcdMember(2), etcdMember(3)]) } : {},
  );
  const snapshot = withFaults(healthySnapshot(), learns, etcdHung('cp-3'));
  assert.deepEqual(causesOf(snapshot, { onlyNodes: ['cp-1', 'cp-2'] }).map(line), [
    'lost-quorum cp-3: etcd has lost its quorum: these members do not answer',
    'etcd-learners cp-1: it is still a learner, which does not count for quorum',
  ]);
});

test('the hint for an alarm frees space, and does not disarm an alarm about corrupt data', () => {
  const [full] = causesWith(alarm);
  assert.deepEqual(full?.hint.commands, [
    'talosctl -n 10.0.0.1 etcd alarm list',
    'talosctl -n 10.0.0.1 etcd defrag',
    'talosctl -n 10.0.0.2 etcd defrag',
    'talosctl -n 10.0.0.3 etcd defrag',
    'talosctl -n 10.0.0.1 etcd alarm disarm',
  ]);
  const [corrupt] = causesWith(onNode('cp-1', () => ({ etcdAlarms: ok([{ memberId: 'e1', alarm: 'CORRUPT' }]) })));
  assert.deepEqual(corrupt?.hint.commands, [
    'talosctl -n 10.0.0.1 etcd alarm list',
    'talosctl -n 10.0.0.1,10.0.0.2,10.0.0.3 etcd status',
    'talosctl -n 10.0.0.2 etcd snapshot etcd.snapshot',
  ]);
});

test('the hint for an etcd that hangs, and that Talos reports healthy, shows its log', () => {
  const [cause] = causesWith(etcdHung('cp-2'));
  assert.deepEqual(cause?.hint.commands, ['talosctl -n 10.0.0.2 service etcd', 'talosctl -n 10.0.0.2 logs etcd']);
});

test('an etcd that is Preparing while others run waits to join, and the cluster is bootstrapped', () => {
  const found = causesWith(
    stage('cp-2', 'booting', { name: 'services', reason: 'etcd not running' }),
    serviceIs('cp-2', 'etcd', { state: 'Preparing', health: 'unknown', lastEvent: 'Running pre state' }),
    onNode('cp-2', () => ({ etcdMembers: failed(), etcdStatus: failed(), etcdAlarms: failed() })),
  );
  assert.deepEqual(found.map(line), [
    'waiting-service cp-2: etcd is Preparing: Running pre state: the machine does not finish booting',
  ]);
});

test('a quorum lost by nodes that are not selected is a cause of its own, with their names', () => {
  const snapshot = withFaults(healthySnapshot(), lostQuorum);
  assert.deepEqual(causesOf(snapshot, { onlyNodes: ['worker-1'] }).map(line), [
    'lost-quorum cp-2,cp-3: etcd has lost its quorum: these members do not answer',
  ]);
});

test('a lost quorum says how many members are needed', () => {
  const [cause] = causesWith(lostQuorum);
  assert.match(cause?.hint.text ?? '', /etcd needs \(N\/2\)\+1 of its N members: bring at least 2 control planes back/);
});
