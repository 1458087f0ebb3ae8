import type { Snapshot } from '../../observe/snapshot.ts';
import type { ClusterCheck, Outcome } from '../check.ts';
import { etcdCauses, etcdFacts } from '../facts/etcd.ts';
import { withoutEtcd } from '../facts/without-etcd.ts';
import { hint, pass, pending } from '../outcome.ts';
import { count, talosctl } from '../text.ts';

function evaluate(snapshot: Snapshot): Outcome {
  const facts = etcdFacts(snapshot);
  const none = withoutEtcd(facts);
  if (none !== undefined) {
    return none;
  }
  const { agreeing, voters, controlPlanes } = facts;
  const needed = Math.floor(voters / 2) + 1;
  const words = `${agreeing.length} of ${voters} voting members agree on a leader`;
  if (agreeing.length >= needed) {
    return pass(words);
  }
  const others = controlPlanes.filter((node) => !agreeing.includes(node)).map(({ node }) => node.name);
  const answers = controlPlanes.some(({ etcd }) => etcd?.status.ok === true);
  return pending(
    `${words}; quorum needs ${needed}${others.length === 0 ? '' : `; not among them: ${others.join(', ')}`}`,
    hint(
      `etcd needs (N/2)+1 of its N members: bring at least ${count(needed, 'control plane')} back. Where they are lost for good, recover etcd from a snapshot.`,
      talosctl(controlPlanes, 'etcd status'),
      talosctl(controlPlanes, 'service etcd'),
    ),
    // With no etcd answering at all, what is known is that, and not that quorum is lost: before bootstrap it never was.
    answers ? [] : etcdCauses(facts),
  );
}

export const etcdQuorum: ClusterCheck = {
  id: 'etcd-quorum',
  stage: 'etcd',
  scope: 'cluster',
  title: 'etcd has quorum',
  explanation: 'Fewer than (N/2)+1 voting members of etcd agree on a leader: nothing in Kubernetes can change.',
  requires: [],
  watches: ['services'],
  acrossControlPlanes: true,
  evaluate,
};
