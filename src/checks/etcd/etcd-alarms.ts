import type { Snapshot } from '../../observe/snapshot.ts';
import type { ClusterCheck, Hint, Outcome } from '../check.ts';
import { raisedAlarms } from '../facts/alarms.ts';
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
    return pending([...new Set(words)].sort().join(', '), advice(facts));
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

function advice(facts: EtcdFacts): Hint {
  return hint(
    'NOSPACE: free space by defragmenting one member after the other (or raise its quota), then disarm the alarm. CORRUPT: replace the member, which has lost its data.',
    talosctl(spokesman(facts), 'etcd alarm list'),
    ...facts.controlPlanes.map((node) => talosctl(node, 'etcd defrag')),
    talosctl(spokesman(facts), 'etcd alarm disarm'),
  );
}

export const etcdAlarms: ClusterCheck = {
  id: 'etcd-alarms',
  stage: 'etcd',
  scope: 'cluster',
  title: 'etcd has no alarms',
  explanation: 'etcd has raised an alarm: NOSPACE (it takes no more writes) or CORRUPT (a member has lost data).',
  requires: [],
  wokenBy: ['services'],
  acrossControlPlanes: true,
  evaluate,
};
