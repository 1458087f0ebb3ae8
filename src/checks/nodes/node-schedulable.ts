import { shellWord } from '../../values/shell.ts';
import { nodeCheck } from '../define.ts';
import { nodeCauses, registeredNode, unreadNode, withoutRegistration } from '../facts/kubernetes-node.ts';
import { hint, notKnown, pass, pending, skip, warn } from '../outcome.ts';

export const nodeSchedulable = nodeCheck({
  id: 'node-schedulable',
  stage: 'nodes',
  scope: 'node',
  title: 'the Kubernetes node takes pods',
  explanation: 'The node is cordoned: Kubernetes places no new pods on it.',
  requires: ['api-reachable', 'node-registered'],
  reads: ['nodename', 'nodeStatuses'],
  alsoReads: ['kubernetes.nodes'],
  docs: {
    pending: 'the node is cordoned, unless the input `cordoned` makes a warning of that',
    warn: 'the node is cordoned, and `cordoned` is `warn`',
    skip: 'no node of the cluster shows a trace of Kubernetes, the node does not register, or it is cordoned and `cordoned` is `ignore`',
    explainedBy: ['boot-finished', 'services', 'api-server-ready'],
    talosctl: '"all k8s nodes to report schedulable"',
    reports: ['kubernetes-sigs/cluster-api#13530'],
    advice: 'When the work on the node is done, put it back: Kubernetes then places pods on it again',
    commands: ['kubectl uncordon worker-1'],
  },
  unless: withoutRegistration,
  unread: unreadNode,
  evaluate(values, subject) {
    const { options } = subject;
    const found = registeredNode(values, subject);
    const isListedCordoned = typeof found.listed === 'object' && found.listed.unschedulable;
    if (found.status?.unschedulable === false && !isListedCordoned) {
      return pass('takes pods');
    }
    const name = shellWord(found.nodename);
    if (found.status === undefined) {
      return notKnown(
        'not known yet',
        hint('See to its registration first.', `kubectl get node ${name}`),
        nodeCauses(subject),
      );
    }
    const words = 'the Kubernetes node is cordoned';
    if (options.cordoned === 'ignore') {
      return skip(`${words}, which the input cordoned has ignored`);
    }
    const advice = hint(
      'Somebody has taken the node out of scheduling. When the work on it is done, put it back: Kubernetes then places pods on it again.',
      `kubectl uncordon ${name}`,
    );
    return options.cordoned === 'warn' ? warn(words, advice) : pending(words, advice);
  },
});
