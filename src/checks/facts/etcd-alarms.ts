import type { NodeSnapshot } from '../../observe/snapshot.ts';
import type { EtcdAlarm } from '../../talos/model/etcd.ts';
import type { EtcdFacts } from './etcd.ts';

/** An alarm of etcd, and the member that has it. */
export interface RaisedAlarm {
  readonly alarm: string;
  /** The node's name; absent if no control plane runs that member. */
  readonly node?: string;
  /** The node's name, else the name of the member. */
  readonly owner: string;
}

/** The alarms that any control plane reports, each once. */
export function raisedAlarms(facts: EtcdFacts): readonly RaisedAlarm[] {
  const { controlPlanes } = facts;
  const reported = controlPlanes.flatMap(({ etcdAlarms }) => (etcdAlarms.ok ? etcdAlarms.value : []));
  const raised = [...reported.filter(({ alarm }) => alarm !== 'NONE' && alarm !== ''), ...inStatus(controlPlanes)];
  const unique = new Map(raised.map((one) => [`${one.alarm} ${one.memberId}`, one]));
  return [...unique.values()].map(({ alarm, memberId }) => ({ alarm, ...ownerOf(memberId, facts) }));
}

/** `EtcdStatus` has alarms too, as `memberID:123 alarm:NOSPACE` with a decimal id. It answers even if `EtcdAlarmList` hangs. */
function inStatus(controlPlanes: readonly NodeSnapshot[]): EtcdAlarm[] {
  return controlPlanes.flatMap(({ etcdStatus }) =>
    etcdStatus.ok
      ? etcdStatus.value.errors.flatMap((error) => {
          const [, member, alarm] = /\bmemberID:(\d+)\s+alarm:(\w+)/.exec(error) ?? [];
          return member === undefined || alarm === undefined ? [] : [{ memberId: BigInt(member).toString(16), alarm }];
        })
      : [],
  );
}

function ownerOf(memberId: string, { reference, controlPlanes, owners }: EtcdFacts): Omit<RaisedAlarm, 'alarm'> {
  const member = reference?.members.find(({ id }) => id === memberId);
  const node =
    controlPlanes.find(({ etcdStatus }) => etcdStatus.ok && etcdStatus.value.memberId === memberId) ??
    owners.ofMember.get(memberId);
  return node === undefined
    ? { owner: member?.hostname || `member ${memberId}` }
    : { node: node.node.name, owner: node.node.name };
}

/** Whether an error of `EtcdStatus` is an alarm, which `etcd-alarms` reports: every member has those of all. */
export function isAlarm(error: string): boolean {
  return /\balarm:/.test(error);
}
