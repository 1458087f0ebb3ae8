import type { NodeSnapshot } from '../../observe/snapshot.ts';
import type { Service } from '../../talos/model/machine.ts';
import type { Cause } from '../check.ts';
import { nodeCheck } from '../define.ts';
import { type EtcdFacts, etcdFacts, isRemoved, withoutEtcd } from '../facts/etcd.ts';
import { isLearner } from '../facts/etcd-members.ts';
import { unmetServices } from '../facts/machine-status.ts';
import { isBroken, isCrashLooping, serviceText } from '../facts/services.ts';
import { here, hint, pass, pending } from '../outcome.ts';
import { talosctl, withReason } from '../text.ts';

function troubleOf(service: Service, node: NodeSnapshot): string | undefined {
  const { state, health, healthMessage } = service;
  if (state !== 'Running' || isCrashLooping(service, node.services.at)) {
    return serviceText(service, node.services.at);
  }
  if (isLearner(node)) {
    return undefined;
  }
  if (health === 'unhealthy') {
    return withReason('etcd is unhealthy', healthMessage);
  }
  return health === 'unknown' ? 'etcd is running, its health is not known yet' : undefined;
}

/** An etcd that answers but has no leader is a consequence of a lost quorum or of the network. One that has failed does not wait for the boot. */
function causes(node: NodeSnapshot, service: Service | undefined, facts: EtcdFacts): readonly Cause[] {
  const { etcdStatus, services } = node;
  if (isRemoved(node, facts)) {
    return here('etcd-members-consistent');
  }
  const followsNoLeader = service?.state === 'Running' && etcdStatus.ok && etcdStatus.value.leader === '';
  const failedItself =
    service !== undefined &&
    (isBroken(service, services.at) || (service.state === 'Running' && service.health === 'unhealthy'));
  return here(...(failedItself ? [] : ['boot-finished']), ...(followsNoLeader ? ['etcd-quorum', 'etcd-leader'] : []));
}

export const etcdService = nodeCheck({
  id: 'etcd-service',
  stage: 'etcd',
  scope: 'control-plane',
  title: 'etcd is running and healthy',
  explanation: 'The etcd of a control plane is not running, or its own health check fails.',
  requires: ['api-reachable'],
  reads: ['services'],
  alsoReads: ['machineStatus', 'etcdMembers', 'etcdStatus'],
  docs: {
    pending:
      'etcd is not running, is in a crash loop, is unhealthy, or its health is not known yet; a learner, which Talos finds unhealthy, is for `etcd-learners`',
    skip: 'no control plane has an etcd',
    explainedBy: ['services', 'boot-finished', 'etcd-quorum', 'etcd-leader', 'etcd-members-consistent'],
    talosctl: '"etcd to be healthy"',
    reports: ['siderolabs/talos#9431', 'siderolabs/talos#8759'],
    advice: 'Read the events and the log of etcd, and check that the control planes reach each other on TCP port 2380',
    commands: ['talosctl -n 10.0.0.2 service etcd', 'talosctl -n 10.0.0.2 logs etcd'],
  },
  unread: () => ({ explainedBy: here('services') }),
  evaluate({ services }, subject) {
    const none = withoutEtcd(subject);
    if (none !== undefined) {
      return none;
    }
    const { node, snapshot } = subject;
    const service = services.find(({ id }) => id === 'etcd');
    const trouble = service === undefined ? 'etcd is not among the services' : troubleOf(service, node);
    const unmet = isLearner(node) ? undefined : unmetServices(node).find((one) => one.service === 'etcd')?.words;
    const words = trouble ?? unmet;
    return words === undefined
      ? pass('etcd is running and healthy')
      : pending(
          words,
          hint(
            'Read the events and the log of etcd, and check that the control planes reach each other on TCP port 2380.',
            talosctl(node, 'service etcd'),
            talosctl(node, 'logs etcd'),
          ),
          causes(node, service, etcdFacts(snapshot)),
        );
  },
});
