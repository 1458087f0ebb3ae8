import { clusterCheck } from '../define.ts';
import { etcdFacts, withoutEtcd } from '../facts/etcd.ts';
import { etcdWithout } from '../facts/etcd-without.ts';
import { nodesAtFault, rebootOf, sentence } from '../facts/reboot.ts';
import { here, hint, onNodes, pass, pending } from '../outcome.ts';
import { talosctl } from '../text.ts';

export const rebootEtcd = clusterCheck({
  id: 'reboot-etcd',
  stage: 'etcd',
  title: 'etcd keeps its quorum without the nodes of safe-to-reboot',
  explanation: 'Without the nodes that are about to go down etcd may lose its quorum.',
  requires: ['topology'],
  reads: [],
  alsoReads: ['services', 'etcdMembers', 'etcdStatus'],
  across: 'controlplane',
  enabled: ({ safeToReboot }) => safeToReboot !== undefined,
  docs: {
    pending:
      'fewer than (N/2)+1 of all N voting members remain without the nodes; or a member of another control plane is not seen to vote: it does not answer, follows another leader, reports an error, is more than 100 entries of the log behind, or no known control plane runs it; or the other control planes do not name the same members. Learners do not count',
    skip: 'no control plane has an etcd',
    explainedBy: [
      'api-reachable',
      'boot-finished',
      'etcd-service',
      'etcd-members-consistent',
      'etcd-quorum',
      'etcd-leader',
      'etcd-learners',
    ],
    talosctl: 'not asked there',
    advice: 'Wait until every other member votes and has caught up, and take down fewer control planes at a time',
    commands: ['talosctl -n 10.0.0.1,10.0.0.2,10.0.0.3 etcd status'],
  },
  unless: withoutEtcd,
  evaluate(_, { snapshot, options }) {
    const { objections, confirmed, voters } = etcdWithout(snapshot, rebootOf(snapshot, options));
    const { controlPlanes } = etcdFacts(snapshot);
    const atFault = nodesAtFault(objections);
    return objections.length === 0
      ? pass(`${confirmed} of ${voters} voting members remain, and have caught up`)
      : pending(
          sentence(objections),
          hint(
            'Wait until every other member votes and has caught up, and take down fewer control planes at a time.',
            talosctl(controlPlanes, 'etcd status'),
          ),
          [
            ...onNodes(atFault, 'api-reachable', 'boot-finished', 'etcd-service', 'etcd-members-consistent'),
            ...onNodes(atFault, 'etcd-leader', 'etcd-learners'),
            ...here('etcd-quorum'),
          ],
        );
  },
});
