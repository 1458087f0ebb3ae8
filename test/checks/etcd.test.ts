import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findingOf, findingsWith, line } from '../builders/evaluate.ts';
import { etcdHung, type Fault, onEveryNode, onNode, serviceIs, withoutService } from '../builders/faults.ts';
import { etcdMember, failed, healthySnapshot, ok } from '../builders/snapshot.ts';

const lists = (change: (n: number) => Parameters<typeof onNode>[1]): readonly Fault[] =>
  [1, 2, 3].map((n) => onNode(`cp-${n}`, change(n)));

test('etcd-service: the message quotes the state of the service', () => {
  const is = (overrides: Parameters<typeof serviceIs>[2]): string =>
    line(findingsWith(serviceIs('cp-1', 'etcd', overrides)), 'etcd-service', 'cp-1');
  assert.equal(is({}), 'pass: etcd is running and healthy');
  assert.equal(
    is({ state: 'Preparing', lastEvent: 'Running pre state' }),
    'pending: etcd is Preparing: Running pre state',
  );
  assert.equal(
    is({ health: 'unhealthy', healthMessage: 'context deadline exceeded' }),
    'pending: etcd is unhealthy: context deadline exceeded',
  );
  assert.equal(is({ health: 'unknown' }), 'pending: etcd is running, its health is not known yet');
  assert.equal(
    line(findingsWith(withoutService('cp-1', 'etcd')), 'etcd-service', 'cp-1'),
    'pending: etcd is not among the services',
  );
});

test('etcd-members-consistent: a list that differs is pending, with the missing and additional members', () => {
  const findings = findingsWith(
    onNode('cp-2', () => ({
      etcdMembers: ok([etcdMember(1), etcdMember(2, { hostname: 'old' }), etcdMember(4)]),
    })),
  );
  assert.equal(line(findings, 'etcd-members-consistent', 'cp-1'), 'pass: 3 members, the same everywhere');
  assert.equal(
    line(findings, 'etcd-members-consistent', 'cp-2'),
    'pending: its list of members is not that of cp-1, cp-3: it lacks cp-3; it has also cp-4; it names or counts otherwise old',
  );
});

test('etcd-members-consistent: a control plane whose etcd is not listed is pending', () => {
  const findings = findingsWith(
    onNode('cp-3', () => ({ etcdStatus: ok({ memberId: 'e7', leader: 'e1', errors: [], isLearner: false }) })),
  );
  assert.equal(
    line(findings, 'etcd-members-consistent', 'cp-3'),
    'pending: its etcd is member e7, which the list of members does not have: cp-1, cp-2, cp-3',
  );
});

test('of two equally common lists the one that matches the control planes counts', () => {
  const findings = findingsWith(
    onNode('cp-1', () => ({ etcdMembers: ok([etcdMember(1), etcdMember(2)]) })),
    onNode('cp-3', () => ({ etcdMembers: failed() })),
  );
  assert.equal(
    line(findings, 'etcd-members-consistent', 'cp-1'),
    'pending: its list of members is not that of cp-2: it lacks cp-3',
  );
});

test('etcd-members-are-control-planes: an extra member is pending, with the command to remove it', () => {
  const extra = etcdMember(9, { hostname: 'gone', peerHosts: ['10.0.0.99'] });
  const findings = findingsWith(
    ...lists(() => ({ etcdMembers }) => ({ etcdMembers: ok([...(etcdMembers.ok ? etcdMembers.value : []), extra]) })),
  );
  assert.equal(
    line(findings, 'etcd-members-are-control-planes'),
    'pending: ghost member gone (id e9, 10.0.0.99), which no control plane runs',
  );
  assert.deepEqual(findingOf(findings, 'etcd-members-are-control-planes').hint?.commands, [
    'talosctl -n 10.0.0.1 etcd members',
    'talosctl -n 10.0.0.1 etcd remove-member e9',
  ]);
  assert.equal(line(findings, 'etcd-quorum'), 'pass: 3 of 4 voting members agree on a leader');
});

test('etcd-members-are-control-planes: the hint for a member that runs does not remove it', () => {
  const snapshot = healthySnapshot();
  const findings = findingsWith((before) => ({
    ...before,
    nodes: before.nodes.filter(({ node }) => node.name !== 'cp-3'),
    cluster: {
      ...snapshot.cluster,
      source: 'given',
      nodes: snapshot.cluster.nodes.filter(({ name }) => name !== 'cp-3'),
      outsiders: [{ memberId: 'e3', nodeId: 'id of cp-3', hostname: 'cp-3', addresses: ['10.0.0.3'] }],
    },
  }));
  assert.equal(
    line(findings, 'etcd-members-are-control-planes'),
    'pending: member cp-3 (id e3, 10.0.0.3) runs, and is not among the given control planes',
  );
  assert.deepEqual(findingOf(findings, 'etcd-members-are-control-planes').hint?.commands, [
    'talosctl -n 10.0.0.1 etcd members',
    'talosctl -n 10.0.0.1 get members',
  ]);
});

test('etcd-members-are-control-planes: the hint for a leader without a control plane does not remove it', () => {
  const extra = etcdMember(9, { hostname: 'hidden', peerHosts: ['10.0.0.99'] });
  const findings = findingsWith(
    ...lists(() => ({ etcdMembers, etcdStatus }) => ({
      etcdMembers: ok([...(etcdMembers.ok ? etcdMembers.value : []), extra]),
      etcdStatus: ok({ ...(etcdStatus.ok ? etcdStatus.value : assert.fail()), leader: 'e9' }),
    })),
  );
  const { message, hint } = findingOf(findings, 'etcd-members-are-control-planes');
  assert.equal(message, 'member hidden (id e9, 10.0.0.99) runs, and is no control plane of the cluster');
  assert.ok(!hint?.commands.some((command) => command.includes('remove-member')));
});

test('etcd-peer-addresses: a peer URL that is not an address of only this node warns', () => {
  const peers = (...peerHosts: string[]): string => {
    const members = [etcdMember(1), etcdMember(2, { peerHosts }), etcdMember(3)];
    return line(findingsWith(...lists(() => () => ({ etcdMembers: ok(members) }))), 'etcd-peer-addresses', 'cp-2');
  };
  const words = 'its peers are to reach its etcd at an address that is not its own';
  assert.equal(peers('10.0.0.2'), 'pass: its peers reach it at 10.0.0.2');
  assert.equal(peers('10.0.0.2', '192.168.0.2'), `warn: ${words}: 192.168.0.2 is no address of this node`);
});

test('etcd-quorum: two of three members are enough if one hangs', () => {
  assert.equal(line(findingsWith(etcdHung('cp-2')), 'etcd-quorum'), 'pass: 2 of 3 voting members agree on a leader');
});

test('etcd-quorum: learners are not counted', () => {
  const members = [etcdMember(1), etcdMember(2), etcdMember(3, { isLearner: true })];
  assert.equal(
    line(findingsWith(...lists(() => () => ({ etcdMembers: ok(members) }))), 'etcd-quorum'),
    'pass: 2 of 2 voting members agree on a leader',
  );
});

test('etcd-leader: a member with another leader, or with errors, is pending', () => {
  const says = (status: { leader: string; errors: string[] }): string =>
    line(
      findingsWith(onNode('cp-3', () => ({ etcdStatus: ok({ memberId: 'e3', isLearner: false, ...status }) }))),
      'etcd-leader',
      'cp-3',
    );
  assert.equal(says({ leader: 'e1', errors: [] }), 'pass: it follows the leader cp-1');
  assert.equal(says({ leader: 'e3', errors: [] }), 'pending: it follows the leader cp-3, the others cp-1');
  assert.equal(
    says({ leader: '', errors: ['etcdserver: no leader'] }),
    'pending: it has no leader: etcdserver: no leader',
  );
  assert.equal(says({ leader: 'e1', errors: ['etcdserver: too slow'] }), 'pending: etcdserver: too slow');
  assert.equal(says({ leader: 'e1', errors: ['memberID:3 alarm:NOSPACE '] }), 'pass: it follows the leader cp-1');
  assert.equal(
    line(findingsWith(etcdHung('cp-3')), 'etcd-leader', 'cp-3'),
    'pending: the status of etcd could not be read: deadline exceeded',
  );
});

test('etcd-alarms: an alarm that any control plane reports is pending, with its member', () => {
  const findings = findingsWith(
    onNode('cp-1', () => ({
      etcdAlarms: ok([
        { memberId: 'e2', alarm: 'NOSPACE' },
        { memberId: 'e1', alarm: 'NONE' },
      ]),
    })),
    onNode('cp-2', () => ({ etcdAlarms: ok([{ memberId: 'e2', alarm: 'NOSPACE' }]) })),
    onNode('cp-3', () => ({ etcdAlarms: failed() })),
  );
  assert.equal(line(findings, 'etcd-alarms'), 'pending: NOSPACE on cp-2');
  assert.equal(line(findingsWith(onNode('cp-3', () => ({ etcdAlarms: failed() }))), 'etcd-alarms'), 'pass: no alarms');
});

test('etcd-alarms: an alarm that only a status has is matched by its decimal id', () => {
  const members = [etcdMember(1), etcdMember(2, { id: '1f' }), etcdMember(3)];
  const findings = findingsWith(
    ...lists((n) => () => ({
      etcdMembers: ok(members),
      etcdAlarms: failed(),
      etcdStatus: ok({
        memberId: n === 2 ? '1f' : `e${n}`,
        leader: 'e1',
        errors: ['memberID:31 alarm:CORRUPT '],
        isLearner: false,
      }),
    })),
  );
  assert.equal(line(findings, 'etcd-alarms'), 'pending: CORRUPT on cp-2');
});

test('etcd-alarms: without an answer of any control plane the check is pending', () => {
  const silent = onEveryNode(() => ({ etcdAlarms: failed() }));
  assert.equal(
    line(findingsWith(silent), 'etcd-alarms'),
    'pending: no control plane gives the list of alarms: deadline exceeded',
  );
});

test('etcd-learners: a learner in the list or by its own status is pending', () => {
  const itself = onNode('cp-2', () => ({
    etcdStatus: ok({ memberId: 'e2', leader: 'e1', errors: [], isLearner: true }),
  }));
  assert.equal(
    line(findingsWith(itself), 'etcd-learners', 'cp-2'),
    'pending: it is still a learner, which does not count for quorum',
  );
  assert.equal(line(findingsWith(itself), 'etcd-learners', 'cp-1'), 'pass: a voting member');
});
