import { clusterCheck } from '../define.ts';
import { etcdCauses, etcdFacts, withoutEtcd } from '../facts/etcd.ts';
import { hint, pass, pending } from '../outcome.ts';
import { count, talosctl } from '../text.ts';

export const etcdQuorum = clusterCheck({
  id: 'etcd-quorum',
  stage: 'etcd',
  title: 'etcd has quorum',
  explanation: 'Fewer than (N/2)+1 voting members of etcd agree on a leader: nothing in Kubernetes can change.',
  requires: [],
  reads: [],
  alsoReads: ['services', 'etcdMembers', 'etcdStatus'],
  across: 'controlplane',
  docs: {
    pending:
      'fewer than (N/2)+1 of the N voting members answer and name the same leader. The health of the services does not count',
    skip: 'no control plane has an etcd',
    explainedBy: ['topology', 'api-reachable', 'boot-finished', 'etcd-service', 'etcd-leader'],
    talosctl: 'not asked there: a lost quorum shows as a call that hangs until the timeout',
    reports: ['siderolabs/talos#12720'],
    advice: 'Bring control planes back until (N/2)+1 vote. Where they are lost for good, recover etcd from a snapshot',
    commands: [
      'talosctl -n 10.0.0.1,10.0.0.2,10.0.0.3 etcd status',
      'talosctl -n 10.0.0.1,10.0.0.2,10.0.0.3 service etcd',
    ],
  },
  unless: withoutEtcd,
  evaluate(_, { snapshot }) {
    const facts = etcdFacts(snapshot);
    const { agreeing, voters, controlPlanes } = facts;
    const needed = Math.floor(voters / 2) + 1;
    const words = `${agreeing.length} of ${voters} voting members agree on a leader`;
    if (agreeing.length >= needed) {
      return pass(words);
    }
    const others = controlPlanes.filter((node) => !agreeing.includes(node)).map(({ node }) => node.name);
    const answers = controlPlanes.some(({ etcdStatus }) => etcdStatus.ok);
    return pending(
      `${words}; quorum needs ${needed}${others.length === 0 ? '' : `; not among them: ${others.join(', ')}`}`,
      hint(
        `etcd needs (N/2)+1 of its N members: bring at least ${count(needed, 'control plane')} back. Where they are lost for good, recover etcd from a snapshot.`,
        talosctl(controlPlanes, 'etcd status'),
        talosctl(controlPlanes, 'service etcd'),
      ),
      // If no etcd answers, quorum may not be lost: before bootstrap there was none.
      answers ? [] : etcdCauses(facts),
    );
  },
});
