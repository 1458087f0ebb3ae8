import { etcdFacts } from '../checks/facts/etcd.ts';
import { raisedAlarms } from '../checks/facts/etcd-alarms.ts';
import { isCrashLooping } from '../checks/facts/services.ts';
import { hint } from '../checks/outcome.ts';
import { talosctl } from '../checks/text.ts';
import type { NodeSnapshot } from '../observe/snapshot.ts';
import { openOf, openOnNodes } from './context.ts';
import { matchAlike, matchOf } from './match.ts';
import { explainsLostQuorum, nonVoters } from './quorum.ts';
import type { Rule } from './root-cause.ts';

/** Causes in etcd on nodes that answer: stopped, hung, with an alarm, or without quorum. */

function etcdService({ services }: NodeSnapshot) {
  return services.ok ? services.value.find(({ id }) => id === 'etcd') : undefined;
}

function isDown(node: NodeSnapshot): boolean {
  const etcd = etcdService(node);
  return etcd?.state !== 'Running' || isCrashLooping(etcd, node.services.at);
}

export const etcdHung: Rule = {
  id: 'etcd-hung',
  symptom: 'The etcd of a control plane runs, and gives no answer in time when asked for its status.',
  match: (context) => {
    const hung = openOnNodes(context, 'etcd-service', 'etcd-leader').filter(
      ({ node }) =>
        etcdService(node)?.state === 'Running' && !node.etcdStatus.ok && node.etcdStatus.error.kind === 'timeout',
    );
    const findings = hung.map(({ finding }) => finding);
    return matchOf(findings, {
      title: 'etcd hangs: its service runs, but it does not answer',
      explanation:
        'It is often starved of disk or processor time, or waits for a disk that is broken. The API server of the node cannot work without it.',
    });
  },
};

export const etcdDown: Rule = {
  id: 'etcd-down',
  symptom: 'The service etcd of a control plane is in a crash loop, or of one that has booted is not running.',
  match: (context) => {
    const down = openOnNodes(context, 'etcd-service').filter(({ node }) => isDown(node));
    const explanation = 'The node has no vote in etcd, and its API server, which needs it, cannot work.';
    return matchAlike(down, (title) => ({ title, explanation }));
  },
};

const alarms: Readonly<Record<string, string>> = {
  NOSPACE: 'its database is full, and etcd takes no more writes',
  CORRUPT: 'its data is not that of the other members',
};

export const etcdAlarm: Rule = {
  id: 'etcd-alarm',
  symptom: 'etcd reports an alarm, and the member that raised it.',
  match: (context) => {
    const findings = openOf(context, 'etcd-alarms');
    const raised = raisedAlarms(etcdFacts(context.snapshot));
    if (findings.length === 0 || raised.length === 0) {
      return [];
    }
    const nodes = [...new Set(raised.flatMap(({ node }) => (node === undefined ? [] : [node])))];
    const names = [...new Set(raised.map(({ alarm }) => alarm))];
    const descriptions = names.map(
      (name) => `etcd alarm ${name}${alarms[name] === undefined ? '' : `: ${alarms[name]}`}`,
    );
    const unknownOwners = raised.filter(({ node }) => node === undefined).map(({ owner }) => owner);
    return matchOf(findings, {
      blames: nodes.length > 0 ? 'nodes' : 'cluster',
      nodes,
      title: descriptions.join('; ') + (unknownOwners.length > 0 ? `; also on ${unknownOwners.join(', ')}` : ''),
      explanation: 'An alarm stays until it is disarmed, also when what raised it is over.',
    });
  },
};

function reason(othersAtFault: boolean, silent: boolean): string {
  if (othersAtFault) {
    return 'those that run have no common leader either: they do not reach each other, or there are more members than control planes';
  }
  return silent ? 'these members do not answer' : 'its members run, but have no common leader';
}

export const lostQuorum: Rule = {
  id: 'lost-quorum',
  symptom: 'Fewer than (N/2)+1 members of etcd agree on a leader, and no cause on single nodes takes their votes away.',
  match: (context) => {
    const { controlPlanes, agreeing, leader } = etcdFacts(context.snapshot);
    const findings = openOf(context, 'etcd-quorum');
    const faulty = nonVoters(context);
    if (findings.length === 0 || explainsLostQuorum(faulty, context)) {
      return [];
    }
    const apart = controlPlanes.filter(
      (node) => !faulty.has(node.node.name) && (leader === undefined || !agreeing.includes(node)),
    );
    // Excluded by an input: otherwise they would have findings of their own.
    const silent = apart.filter(({ etcdStatus }) => !etcdStatus.ok);
    // If other nodes are at fault, or there is only one control plane, the members that run may be victims:
    // a stray member, which cannot be listed without quorum, is enough.
    const victims = faulty.size > 0 || controlPlanes.length === 1;
    const blamed = victims ? [] : silent.length > 0 ? silent : apart;
    return matchOf(findings, {
      blames: blamed.length > 0 ? 'nodes' : 'cluster',
      nodes: blamed.map(({ node }) => node.name),
      title: `etcd has lost its quorum: ${reason(victims, silent.length > 0)}`,
      explanation:
        'More than half of the members have to agree on a leader. Without, etcd takes no writes, and nothing in Kubernetes can change. Members that run and do not agree do not reach each other.',
      hint: hint(
        'Check the network between the control planes (TCP ports 2379 and 2380), and bring members back. Where they are lost for good, recover etcd from a snapshot.',
        talosctl(controlPlanes, 'etcd status'),
        talosctl(blamed.length > 0 ? blamed : apart, 'logs etcd'),
      ),
    });
  },
};
