import type { NodeSnapshot, Snapshot } from '../../observe/snapshot.ts';
import type { EtcdAlarm } from '../../talos/model.ts';
import type { ClusterCheck, Hint, Outcome } from '../check.ts';
import { type EtcdFacts, etcdCauses, etcdFacts, memberOf, spokesman } from '../facts/etcd.ts';
import { withoutEtcd } from '../facts/without-etcd.ts';
import { fail, hint, pass, pending, roleHint } from '../outcome.ts';
import { talosctl, withReason } from '../text.ts';

function evaluate(snapshot: Snapshot): Outcome {
  const facts = etcdFacts(snapshot);
  const none = withoutEtcd(facts);
  if (none !== undefined) {
    return none;
  }
  // One control plane that gives no answer is for `etcd-leader`: an alarm is told by every member.
  const answers = facts.controlPlanes.flatMap(({ etcd }) => (etcd?.alarms.ok === true ? [etcd.alarms.value] : []));
  const raised = [
    ...answers.flat().filter(({ alarm }) => alarm !== 'NONE' && alarm !== ''),
    ...inStatus(facts.controlPlanes),
  ];
  if (raised.length > 0) {
    const words = raised.map(({ alarm, memberId }) => `${alarm} on ${ownerOf(memberId, facts)}`);
    return pending([...new Set(words)].sort().join(', '), advice(facts));
  }
  if (answers.length > 0) {
    return pass('no alarms');
  }
  const failures = facts.controlPlanes.flatMap(({ etcd }) => (etcd?.alarms.ok === false ? [etcd.alarms.error] : []));
  const words = withReason('no control plane gives the list of alarms', failures[0]?.message ?? '');
  return failures.some(({ kind }) => kind === 'not-authorized')
    ? fail(words, roleHint, etcdCauses(facts))
    : pending(
        words,
        hint(
          'See to etcd first: without quorum it cannot tell its alarms.',
          talosctl(facts.controlPlanes, 'etcd status'),
        ),
        etcdCauses(facts),
      );
}

function advice(facts: EtcdFacts): Hint {
  return hint(
    'NOSPACE: free space by defragmenting one member after the other (or raise its quota), then disarm the alarm. CORRUPT: replace the member, which has lost its data.',
    talosctl(spokesman(facts), 'etcd alarm list'),
    ...facts.controlPlanes.map((node) => talosctl(node, 'etcd defrag')),
    talosctl(spokesman(facts), 'etcd alarm disarm'),
  );
}

/** `EtcdStatus` has alarms too, as `memberID:123 alarm:NOSPACE`, and answers where `EtcdAlarmList` hangs. The id there is decimal. */
function inStatus(controlPlanes: readonly NodeSnapshot[]): EtcdAlarm[] {
  return controlPlanes.flatMap(({ etcd }) =>
    etcd?.status.ok === true
      ? etcd.status.value.errors.flatMap((error) => {
          const [, member, alarm] = /\bmemberID:(\d+)\s+alarm:(\w+)/.exec(error) ?? [];
          return member === undefined || alarm === undefined ? [] : [{ memberId: BigInt(member).toString(16), alarm }];
        })
      : [],
  );
}

function ownerOf(memberId: string, { reference, controlPlanes }: EtcdFacts): string {
  const member = reference?.members.find(({ id }) => id === memberId);
  const owner = controlPlanes.find((node) => (member === undefined ? false : memberOf(node, [member]) !== undefined));
  return owner?.node.name ?? (member?.hostname || `member ${memberId}`);
}

export const etcdAlarms: ClusterCheck = {
  id: 'etcd-alarms',
  stage: 'etcd',
  scope: 'cluster',
  title: 'etcd has no alarms',
  explanation: 'etcd has raised an alarm: NOSPACE (it takes no more writes) or CORRUPT (a member has lost data).',
  requires: [],
  evaluate,
};
