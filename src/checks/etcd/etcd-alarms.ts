import type { NodeSnapshot, Snapshot } from '../../observe/snapshot.ts';
import type { ClusterCheck, Hint, Outcome } from '../check.ts';
import { type RaisedAlarm, raisedAlarms } from '../facts/alarms.ts';
import { type EtcdFacts, etcdCauses, etcdFacts, spokesman } from '../facts/etcd.ts';
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
  const raised = raisedAlarms(facts);
  if (raised.length > 0) {
    const words = raised.map(({ alarm, owner }) => `${alarm} on ${owner}`);
    return pending([...new Set(words)].sort().join(', '), advice(raised, facts));
  }
  if (facts.controlPlanes.some(({ etcd }) => etcd?.alarms.ok === true)) {
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

/** To disarm is the last step against NOSPACE; a member whose data is corrupt must not be kept by it. */
function advice(raised: readonly RaisedAlarm[], facts: EtcdFacts): Hint {
  const list = talosctl(spokesman(facts), 'etcd alarm list');
  const status = talosctl(facts.controlPlanes, 'etcd status');
  return raised.every(({ alarm }) => alarm === 'NOSPACE')
    ? hint(
        'Free space by defragmenting one member after the other (or raise its quota), then disarm the alarm.',
        list,
        ...facts.controlPlanes.map((node) => talosctl(node, 'etcd defrag')),
        talosctl(spokesman(facts), 'etcd alarm disarm'),
      )
    : hint(
        'CORRUPT: do not disarm it. While the other members have quorum, take a snapshot, remove the member, reset its machine and let it join anew; where no other is left, recover etcd from a snapshot.',
        list,
        status,
        ...sound(raised, facts)
          .slice(0, 1)
          .map((node) => talosctl(node, 'etcd snapshot etcd.snapshot')),
      );
}

/** Control planes that no alarm is about and that answer: a snapshot of another is worth nothing. */
function sound(raised: readonly RaisedAlarm[], { controlPlanes }: EtcdFacts): readonly NodeSnapshot[] {
  return controlPlanes.filter(
    ({ node, etcd }) => etcd?.status.ok === true && !raised.some((alarm) => alarm.node === node.name),
  );
}

export const etcdAlarms: ClusterCheck = {
  id: 'etcd-alarms',
  stage: 'etcd',
  scope: 'cluster',
  title: 'etcd has no alarms',
  explanation: 'etcd has raised an alarm: NOSPACE (it takes no more writes) or CORRUPT (a member has lost data).',
  requires: [],
  watches: ['services'],
  acrossControlPlanes: true,
  evaluate,
};
