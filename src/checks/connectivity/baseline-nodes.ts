import type { Snapshot } from '../../observe/snapshot.ts';
import { clusterCheck } from '../define.ts';
import { baselineMatch, isOtherCluster } from '../facts/baseline.ts';
import { fail, hint, pass, pending } from '../outcome.ts';
import { count } from '../text.ts';

const advice = hint(
  'Find out why the nodes are gone. If they were removed on purpose, make a new baseline, or make the check baseline-nodes a warning.',
  'talosctl get members',
  'talosctl etcd members',
);

/** How many members etcd has, as the node with the longest list says; undefined if none says it. */
function etcdMembersOf({ nodes }: Snapshot): number | undefined {
  const counts = nodes.flatMap(({ etcdMembers }) => (etcdMembers.ok ? [etcdMembers.value.length] : []));
  return counts.length === 0 ? undefined : Math.max(...counts);
}

export const baselineNodes = clusterCheck({
  id: 'baseline-nodes',
  stage: 'connectivity',
  title: 'every node and every etcd member of the baseline is still there',
  explanation: 'A node of the baseline is no longer in the cluster, or etcd has fewer members than it had.',
  requires: ['credentials', 'topology'],
  reads: [],
  alsoReads: ['cluster', 'identity', 'etcdMembers'],
  across: 'worker',
  enabled: ({ baseline }) => baseline !== undefined,
  docs: {
    pending:
      'a node of the baseline is in no list and answers nowhere, or etcd has fewer members than control planes of the baseline were members',
    fail: 'the baseline is of another cluster, or all of its nodes were wiped since: none of its node ids is in this one',
    talosctl: 'not asked there: a node that is gone is not missed',
    advice: 'Find out why the nodes are gone, or make a new baseline',
    commands: ['talosctl get members', 'talosctl etcd members'],
  },
  evaluate(_, { snapshot, options }) {
    if (isOtherCluster(snapshot, options)) {
      return fail(
        'the baseline is of another cluster, or all of its nodes were wiped since: none of its node ids is in this one',
        hint('Give the report of an earlier run on this cluster, or leave baseline out.'),
      );
    }
    const { gone } = baselineMatch(snapshot, options);
    const before = options.baseline?.nodes.filter(({ etcdMemberId }) => etcdMemberId !== undefined).length ?? 0;
    const now = etcdMembersOf(snapshot);
    const words = [
      ...(gone.length === 0 ? [] : [`gone since the baseline: ${gone.map(({ name }) => name).join(', ')}`]),
      ...(now === undefined || now >= before ? [] : [`etcd has ${count(now, 'member')}, and had ${before}`]),
    ];
    return words.length === 0
      ? pass(`all ${options.baseline?.nodes.length} nodes of the baseline`)
      : pending(words.join('; '), advice);
  },
});
