import type { StageNotes } from './notes.ts';

const skip = 'no control plane has an etcd';

export const etcd: StageNotes = {
  'etcd-service': {
    reads: '`MachineService.ServiceList`, and the unmet condition `services` of the machine',
    pending:
      'etcd is not running, is in a crash loop, is unhealthy, or its health is not known yet; a learner, which Talos finds unhealthy, is for `etcd-learners`',
    skip,
    explainedBy: ['services', 'boot-finished', 'etcd-quorum', 'etcd-leader', 'etcd-members-consistent'],
    talosctl: '"etcd to be healthy"',
    advice: 'Read the events and the log of etcd, and check that the control planes reach each other on TCP port 2380',
    commands: ['talosctl -n 10.0.0.2 service etcd', 'talosctl -n 10.0.0.2 logs etcd'],
  },
  'etcd-members-consistent': {
    reads: '`MachineService.EtcdMemberList` and `EtcdStatus` of every control plane',
    pending:
      'the list differs from that of the most (by id, name or learner), gives no answer, or the control plane is not on it; where its etcd gives no answer, the list of the others decides',
    skip,
    explainedBy: ['boot-finished', 'etcd-learners', 'etcd-service', 'etcd-quorum', 'etcd-leader'],
    talosctl: '"etcd members to be consistent across nodes"; a control plane that is no member passes there',
    advice:
      'Compare the lists. A member that is gone for good is removed; a control plane that is not a member is reset and joins anew',
    commands: ['talosctl -n 10.0.0.2 etcd members', 'talosctl -n 10.0.0.2 etcd status'],
  },
  'etcd-members-are-control-planes': {
    reads:
      '`MachineService.EtcdMemberList`, and the member id that `EtcdStatus` of each control plane gives; members of control planes that give none are matched by name, then by the addresses of their peer URLs',
    pending: 'no control plane runs a member (voting, learner, or never started), or no control plane gives the list',
    skip,
    explainedBy: ['topology', 'api-reachable', 'etcd-quorum', 'boot-finished', 'etcd-service', 'etcd-leader'],
    talosctl: '"etcd members to be control plane nodes"',
    advice:
      'Remove a member whose machine is gone for good: it counts for quorum. One whose machine is there is missing in `control-plane-nodes`, or in discovery',
    commands: ['talosctl -n 10.0.0.1 etcd members', 'talosctl -n 10.0.0.1 etcd remove-member MEMBER-ID'],
  },
  'etcd-peer-addresses': {
    reads: "the peer URLs in etcd's member list, and the addresses of the node in discovery",
    pending: 'never: it only warns',
    warn: 'a peer URL of its member is no address of the node (it is behind NAT, or the address has changed), or other nodes have the address too (a virtual IP)',
    skip: 'the addresses of the node are not known without discovery',
    talosctl:
      'its "etcd members are control plane nodes" compares peer addresses with the addresses of all control planes together',
    advice: 'Set `cluster.etcd.advertisedSubnets` to the network of the nodes',
    commands: ['talosctl -n 10.0.0.1 etcd members', 'talosctl -n 10.0.0.1 get addresses'],
  },
  'etcd-quorum': {
    reads: '`MachineService.EtcdStatus` of every control plane',
    pending:
      'fewer than (N/2)+1 of the N voting members answer and name the same leader. The health of the services does not count',
    skip,
    explainedBy: ['topology', 'api-reachable', 'boot-finished', 'etcd-service', 'etcd-leader'],
    talosctl: 'not asked there: a lost quorum shows as a call that hangs until the timeout',
    advice: 'Bring control planes back until (N/2)+1 vote. Where they are lost for good, recover etcd from a snapshot',
    commands: [
      'talosctl -n 10.0.0.1,10.0.0.2,10.0.0.3 etcd status',
      'talosctl -n 10.0.0.1,10.0.0.2,10.0.0.3 service etcd',
    ],
  },
  'etcd-leader': {
    reads: '`MachineService.EtcdStatus`',
    pending:
      'it does not answer (a hung etcd, which its service calls healthy for another 15 to 35 seconds), has no leader, follows another than the most, or reports an error',
    skip,
    explainedBy: ['boot-finished', 'etcd-service', 'etcd-quorum', 'etcd-members-consistent'],
    talosctl: 'not asked there',
    advice: 'See whether the control planes reach each other on TCP ports 2379 and 2380, and read the log of etcd',
    commands: ['talosctl -n 10.0.0.2 etcd status', 'talosctl -n 10.0.0.2 logs etcd'],
  },
  'etcd-alarms': {
    reads: '`MachineService.EtcdAlarmList`, and the errors of `EtcdStatus`, which answers where the list hangs',
    pending: 'any member has an alarm (NOSPACE, CORRUPT), or no control plane gives the list',
    fail: 'the role may not read the alarms',
    skip,
    explainedBy: ['topology', 'api-reachable', 'etcd-quorum', 'boot-finished', 'etcd-service', 'etcd-leader'],
    talosctl: 'not asked there: an etcd that takes no more writes passes',
    advice:
      'NOSPACE: defragment one member after the other, then disarm. CORRUPT: do not disarm, but replace the member',
    commands: [
      'talosctl -n 10.0.0.1 etcd alarm list',
      'talosctl -n 10.0.0.2 etcd defrag',
      'talosctl -n 10.0.0.1 etcd alarm disarm',
    ],
  },
  'etcd-learners': {
    reads: '`MachineService.EtcdMemberList` and `EtcdStatus`',
    pending: 'the member is a learner, or it is not known whether it votes',
    skip,
    explainedBy: ['boot-finished', 'etcd-service', 'etcd-quorum', 'etcd-members-consistent', 'etcd-leader'],
    talosctl: 'not asked there',
    advice: 'A new member becomes a voting one when it has caught up. If it does not, read its log',
    commands: ['talosctl -n 10.0.0.2 etcd status', 'talosctl -n 10.0.0.2 logs etcd'],
  },
};
