import type { NodeSnapshot, Snapshot } from '../../observe/snapshot.ts';
import type { Service } from '../../talos/model.ts';
import type { Cause, NodeCheck, Outcome } from '../check.ts';
import { unmetServices } from '../facts/conditions.ts';
import { type EtcdFacts, etcdFacts } from '../facts/etcd.ts';
import { isLearner } from '../facts/learner.ts';
import { isRemoved } from '../facts/removed-member.ts';
import { isBroken, isCrashLooping, wordsOf } from '../facts/services.ts';
import { withoutEtcd } from '../facts/without-etcd.ts';
import { here, hint, pass, pending, unreadable } from '../outcome.ts';
import { talosctl, withReason } from '../text.ts';

function evaluate(node: NodeSnapshot, snapshot: Snapshot): Outcome {
  const facts = etcdFacts(snapshot);
  if (!node.services.ok) {
    return unreadable(node, node.services.error, 'the state of etcd', here('services'));
  }
  const none = withoutEtcd(facts);
  if (none !== undefined) {
    return none;
  }
  const service = node.services.value.find(({ id }) => id === 'etcd');
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
        causes(node, service, facts),
      );
}

function troubleOf(service: Service, node: NodeSnapshot): string | undefined {
  const { state, health, healthMessage } = service;
  if (state !== 'Running' || isCrashLooping(service, node.services.at)) {
    return wordsOf(service, node.services.at);
  }
  if (isLearner(node)) {
    return undefined;
  }
  if (health === 'unhealthy') {
    return withReason('etcd is unhealthy', healthMessage);
  }
  return health === 'unknown' ? 'etcd is running, its health is not known yet' : undefined;
}

/** A running etcd that answers, and only has no leader to follow, is a victim of lost quorum or of the network and not their cause. One that has failed by itself does not wait for the boot. */
function causes(node: NodeSnapshot, service: Service | undefined, facts: EtcdFacts): readonly Cause[] {
  const { etcd, services } = node;
  if (isRemoved(node, facts)) {
    return here('etcd-members-consistent');
  }
  const victim = service?.state === 'Running' && etcd?.status.ok === true && etcd.status.value.leader === '';
  const isOwn =
    service !== undefined &&
    (isBroken(service, services.at) || (service.state === 'Running' && service.health === 'unhealthy'));
  return here(...(isOwn ? [] : ['boot-finished']), ...(victim ? ['etcd-quorum', 'etcd-leader'] : []));
}

export const etcdService: NodeCheck = {
  id: 'etcd-service',
  stage: 'etcd',
  scope: 'control-plane',
  title: 'etcd is running and healthy',
  explanation: 'The etcd of a control plane is not running, or its own health check fails.',
  requires: ['api-reachable'],
  watches: ['services', 'machine-status'],
  evaluate,
};
