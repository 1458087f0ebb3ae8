import {
  all,
  etcdHung,
  etcdIs,
  etcdStopped,
  facetFailed,
  onEveryNode,
  onNode,
  podIs,
  serviceIs,
  unmet,
  withoutService,
} from './faults.ts';
import type { SingleFault } from './single-faults.ts';
import { etcdMember, ok } from './snapshot.ts';

const MiB = 1024 ** 2;

export const etcdFaults: readonly SingleFault[] = [
  { name: 'etcd stopped', costsVote: true, check: 'etcd-service', node: 'cp-2', fault: etcdStopped('cp-2') },
  {
    name: 'etcd hung, and unhealthy in Talos',
    costsVote: true,
    check: 'etcd-service',
    node: 'cp-2',
    fault: all(
      etcdHung('cp-2'),
      serviceIs('cp-2', 'etcd', { health: 'unhealthy', healthMessage: 'context deadline exceeded' }),
      unmet('cp-2', 'services', 'etcd not healthy'),
      podIs('cp-2', 'kube-apiserver', { ready: false }),
    ),
  },
  {
    name: 'etcd unhealthy only in the conditions of Talos',
    check: 'etcd-service',
    node: 'cp-1',
    fault: unmet('cp-1', 'services', 'etcd not healthy'),
  },
  {
    name: 'etcd missing on one control plane',
    check: 'etcd-service',
    node: 'cp-3',
    fault: withoutService('cp-3', 'etcd'),
  },
  {
    name: 'member missing in one list',
    check: 'etcd-members-consistent',
    node: 'cp-2',
    fault: onNode('cp-2', ({ etcdMembers }) => ({
      etcdMembers: ok(etcdMembers.ok ? etcdMembers.value.filter(({ id }) => id !== 'e1') : []),
    })),
  },
  {
    name: 'member list not answered',
    check: 'etcd-members-consistent',
    node: 'cp-1',
    fault: facetFailed('cp-1', 'etcdMembers'),
  },
  {
    name: 'control plane not a member',
    costsVote: true,
    check: 'etcd-members-consistent',
    node: 'cp-3',
    fault: onEveryNode(({ etcdMembers }) =>
      etcdMembers.ok ? { etcdMembers: ok(etcdMembers.value.filter(({ id }) => id !== 'e3')) } : {},
    ),
  },
  {
    name: 'member without a control plane',
    check: 'etcd-members-are-control-planes',
    fault: onEveryNode(({ etcdMembers }) =>
      etcdMembers.ok
        ? { etcdMembers: ok([...etcdMembers.value, etcdMember(9, { hostname: 'gone', peerHosts: ['10.0.0.99'] })]) }
        : {},
    ),
  },
  {
    name: 'each member has another leader',
    check: 'etcd-quorum',
    fault: all(
      ...[1, 2, 3].map((n) =>
        onNode(`cp-${n}`, () => ({
          etcdStatus: ok({ memberId: `e${n}`, leader: `e${n}`, errors: [], isLearner: false }),
        })),
      ),
    ),
  },
  {
    name: 'etcd hung, and still healthy in Talos',
    costsVote: true,
    check: 'etcd-leader',
    node: 'cp-2',
    fault: etcdHung('cp-2'),
  },
  {
    name: 'another leader',
    costsVote: true,
    check: 'etcd-leader',
    node: 'cp-3',
    fault: onNode('cp-3', () => ({ etcdStatus: ok({ memberId: 'e3', leader: 'e3', errors: [], isLearner: false }) })),
  },
  {
    name: 'etcd reports an error',
    check: 'etcd-leader',
    node: 'cp-2',
    fault: onNode('cp-2', () => ({
      etcdStatus: ok({ memberId: 'e2', leader: 'e1', errors: ['etcdserver: too slow'], isLearner: false }),
    })),
  },
  {
    name: 'alarm',
    check: 'etcd-alarms',
    fault: onEveryNode(() => ({ etcdAlarms: ok([{ memberId: 'e2', alarm: 'NOSPACE' }]) })),
  },
  {
    name: 'database near its quota',
    check: 'etcd-size',
    node: 'cp-2',
    fault: etcdIs('cp-2', { database: { size: 2000 * MiB, inUse: 1900 * MiB } }),
  },
  {
    name: 'member far behind the others',
    check: 'etcd-size',
    node: 'cp-3',
    fault: etcdIs('cp-3', { raft: { index: 100_000, applied: 100_000 } }),
  },
  {
    name: 'learner',
    costsVote: true,
    check: 'etcd-learners',
    node: 'cp-3',
    fault: all(
      onEveryNode(({ etcdMembers }) =>
        etcdMembers.ok
          ? { etcdMembers: ok(etcdMembers.value.map((m) => (m.id === 'e3' ? { ...m, isLearner: true } : m))) }
          : {},
      ),
      onNode('cp-3', () => ({ etcdStatus: ok({ memberId: 'e3', leader: 'e1', errors: [], isLearner: true }) })),
    ),
  },
];
