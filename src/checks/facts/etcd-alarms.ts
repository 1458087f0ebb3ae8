import type { NodeSnapshot } from '../../observe/snapshot.ts';
import type { EtcdAlarm } from '../../talos/model.ts';
import type { EtcdFacts } from './etcd.ts';

/** An alarm of etcd, and on whom. */
export interface RaisedAlarm {
  readonly alarm: string;
  /** The node's name; absent where no control plane is that member. */
  readonly node?: string;
  /** The node, else what the member is called. */
  readonly owner: string;
}

/** The alarms that any control plane tells, each once. */
export function raisedAlarms(facts: EtcdFacts): readonly RaisedAlarm[] {
  const { controlPlanes } = facts;
  const told = controlPlanes.flatMap(({ etcdAlarms }) => (etcdAlarms.ok ? etcdAlarms.value : []));
  const raised = [...told.filter(({ alarm }) => alarm !== 'NONE' && alarm !== ''), ...inStatus(controlPlanes)];
  const unique = new Map(raised.map((one) => [`${one.alarm} ${one.memberId}`, one]));
  return [...unique.values()].map(({ alarm, memberId }) => ({ alarm, ...ownerOf(memberId, facts) }));
}

/** `EtcdStatus` has alarms too, as `memberID:123 alarm:NOSPACE`, and answers where `EtcdAlarmList` hangs. The id there is decimal. */
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
