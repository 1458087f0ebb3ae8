import type { NodeSnapshot } from '../../observe/snapshot.ts';
import type { Hint } from '../check.ts';
import { clusterCheck } from '../define.ts';
import { answeringControlPlane, type EtcdFacts, etcdCauses, etcdFacts, withoutEtcd } from '../facts/etcd.ts';
import { type RaisedAlarm, raisedAlarms } from '../facts/etcd-alarms.ts';
import { fail, hint, pass, pending, roleHint } from '../outcome.ts';
import { talosctl, withReason } from '../text.ts';

/** NOSPACE is disarmed after space was freed. CORRUPT must not be disarmed: it would keep a member with corrupt data. */
function advice(raised: readonly RaisedAlarm[], facts: EtcdFacts): Hint {
  const list = talosctl(answeringControlPlane(facts), 'etcd alarm list');
  const status = talosctl(facts.controlPlanes, 'etcd status');
  return raised.every(({ alarm }) => alarm === 'NOSPACE')
    ? hint(
        'Free space by defragmenting one member after the other, which rewrites its database while it does not answer (or raise its quota); then disarm the alarm, and etcd takes writes again.',
        list,
        ...facts.controlPlanes.map((node) => talosctl(node, 'etcd defrag')),
        talosctl(answeringControlPlane(facts), 'etcd alarm disarm'),
      )
    : hint(
        'CORRUPT: do not disarm it. While the other members have quorum, take a snapshot, remove the member, reset its machine and let it join anew; if no other is left, recover etcd from a snapshot.',
        list,
        status,
        ...withoutAlarm(raised, facts)
          .slice(0, 1)
          .map((node) => talosctl(node, 'etcd snapshot etcd.snapshot')),
      );
}

/** Control planes that answer and have no alarm, for a usable snapshot. */
function withoutAlarm(raised: readonly RaisedAlarm[], { controlPlanes }: EtcdFacts): readonly NodeSnapshot[] {
  return controlPlanes.filter(
    ({ node, etcdStatus }) => etcdStatus.ok && !raised.some((alarm) => alarm.node === node.name),
  );
}

export const etcdAlarms = clusterCheck({
  id: 'etcd-alarms',
  stage: 'etcd',
  title: 'etcd has no alarms',
  explanation: 'etcd has raised an alarm: NOSPACE (it takes no more writes) or CORRUPT (a member has lost data).',
  requires: [],
  reads: [],
  alsoReads: ['services', 'etcdMembers', 'etcdAlarms', 'etcdStatus'],
  across: 'controlplane',
  docs: {
    pending: 'any member has an alarm (NOSPACE, CORRUPT), or no control plane gives the list',
    fail: 'the role may not read the alarms',
    skip: 'no control plane has an etcd',
    explainedBy: ['topology', 'api-reachable', 'etcd-quorum', 'boot-finished', 'etcd-service', 'etcd-leader'],
    talosctl: 'not asked there: an etcd that takes no more writes passes',
    reports: ['siderolabs/talos#4888'],
    advice:
      'NOSPACE: defragment one member after the other, which rewrites its database while it does not answer, then disarm the alarm, and etcd takes writes again. CORRUPT: do not disarm, but replace the member',
    commands: [
      'talosctl -n 10.0.0.1 etcd alarm list',
      'talosctl -n 10.0.0.2 etcd defrag',
      'talosctl -n 10.0.0.1 etcd alarm disarm',
    ],
  },
  unless: withoutEtcd,
  evaluate(_, { snapshot }) {
    const facts = etcdFacts(snapshot);
    // Every member reports all alarms, so one answer suffices; `etcd-leader` reports a control plane that does not answer.
    const raised = raisedAlarms(facts);
    if (raised.length > 0) {
      const words = raised.map(({ alarm, owner }) => `${alarm} on ${owner}`);
      return pending([...new Set(words)].sort().join(', '), advice(raised, facts));
    }
    if (facts.controlPlanes.some(({ etcdAlarms }) => etcdAlarms.ok)) {
      return pass('no alarms');
    }
    const failures = facts.controlPlanes.flatMap(({ etcdAlarms }) => (!etcdAlarms.ok ? [etcdAlarms.error] : []));
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
  },
});
